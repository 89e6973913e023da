/**
 * English. This catalogue is the model: the others must have the same keys and placeholders. The loader reads the first
 * six by their place (`LauncherWords`), so those stay first.
 */
export default {
  open: 'Chat with us', promise: 'Answer in about {n} min', off: 'Leave a message', untilDay: 'Closed until {n}', fail: 'No connection. Try again',
  newN: { one: '{n} new message', other: '{n} new messages' },
  close: 'Close chat', more: 'More', back: 'Back', you: 'You', msgs: 'Messages', dlg: 'Chat with {name}',
  hello: 'Hello! What can we do for you?', people: '{who} answers in about {n} min.', peopleNo: '{who} reads what you write.', teamIn: 'Answers in about {n} min', team: 'We read what you write',
  here: 'Here now', hereIn: 'Here now, answers in about {n} min', busy: 'All of us are busy now', closedUntil: 'Closed, opens {when}', closed: 'Closed now',
  name: 'Your name', email: 'E-mail', phone: 'Phone', question: 'Your question', message: 'Your message', opt: 'optional', emailHint: 'Used only if the chat breaks off.',
  consent: '{name} may keep what I write in order to answer me.', notice: 'Privacy notice, version {v}', start: 'Start the chat', leave: 'Leave the message',
  eReq: 'Please fill this in.', eEmail: 'Write a mail address, for example ann@example.org', ePhone: 'Write a phone number with its country code.', eConsent: 'Please tick this. Without it we are not allowed to answer.', eLong: 'Too long: {n} of {max} characters.',
  today: 'Today', yesterday: 'Yesterday', tomorrow: 'Tomorrow', at: '{day}, {time}', joined: '{name} answers you',
  read: 'Read', delivered: 'Delivered', sent: 'Received', edited: 'edited', deleted: 'Message deleted', typing: '{name} is typing', typing0: 'Somebody is typing',
  ph: 'Write a message', phQ: 'Add details meanwhile', attach: 'Attach a file', emoji: 'Emoji', send: 'Send', choices: 'Suggested answers', drop: 'Drop to send', newer: 'New messages',
  wait: 'About {a} to {b} minutes', wait1: 'About {a} minutes', band1: 'You are next.', band2: 'You are among the next five.', band3: 'You are among the next ten.', band4: 'More than ten people are waiting.',
  bands: 'People before you', b1: 'Next', b2: '2–5', b3: '6–10', b4: '10+', queued: 'You are in the queue', source: 'How long people waited today at this hour. Your place stays, even if you close the page.', place: 'Your place stays, even if you close the page.',
  rather: 'Rather not wait here?', call: 'Call me back', callS: 'We ring when it is your turn', until: 'today until {time}', tg: 'Continue in Telegram', tgS: 'Same conversation, same place',
  ansBy: 'You will have an answer by', opens: 'We are here again', yourTime: 'Your time.', kept: 'Your message is kept.',
  cbHead: 'We call you', cbSub: 'Your place in the queue stays', cbSub0: 'Tell us when it suits you', cbWhen: 'When?', asap: 'As soon as someone is free', asapS: 'about {n} min', cbHours: 'We call from {a} to {b}, your time.', cbGo: 'Call me as soon as possible', cbAt: 'Call me: {when}', cbSaid: 'Please call me back: {phone}, {when}.',
  rtHead: 'Conversation finished, {time}.', rtQ: 'How was it with {name}?', rtQ0: 'How was it?', rtS: '{name} and the supervisor read it.', rtS0: 'The team reads it.', r1: 'Poor', r2: 'Weak', r3: 'Fine', r4: 'Good', r5: 'Great', of5: '{label}, {n} of 5', rtC: 'What made the difference?', rtGo: 'Send rating', rtNo: 'Not now',
  endT: 'Thank you, {name}!', endT0: 'Thank you!', endP: 'Write again at any time: it stays the same conversation.', copy: 'Keep a copy', trD: 'Download the transcript', again: 'Start again',
  lost: 'No connection', lostIn: 'Trying again in {n} s', lostNow: 'Trying now…', now: 'Try now', waiting: 'Waiting to be sent', goOn: 'Go on writing. Your messages are kept on this device and sent in order.', waitN: { one: '{n} message is waiting', other: '{n} messages are waiting' },
  refused: 'Not sent', retry: 'Try again', remove: 'Remove', upOf: '{a} of {b}', cancel: 'Cancel the upload', big: '{name} is too large', bigS: 'It has {size}, up to {max} can be sent. Send a smaller file, or a link.', type: '{name} cannot be sent', typeS: 'This kind of file is not accepted here. Send a picture, a PDF, or a link.', other: 'Choose another file', upFail: '{name} was not sent', upFailS: 'The connection broke off. The file is still here.', dl: 'Download',
  hide: 'Hide this message', reply: 'Write back', sound: 'Sound', loud: 'On', silent: 'Off', finish: 'Finish the conversation', photo: 'Photo: {name}', play: 'Play', pause: 'Pause', voice: 'Voice message', sec: '{n} s',
};
