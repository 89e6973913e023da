/**
 * The panel's use cases: open, write, send, read, rate, begin anew. Joins the store with queue, socket, uploads and tabs;
 * the components call nothing else. Contract: docs/reference/widget-protocol.md.
 */
import type { Kept, Memory, Pending } from '../shared/memory';
import type { Stage } from '../shared/stage';
import type { GivenConsent, SentForm, Session, Synced, Visitor } from '../wire';
import { type Connection, createConnection } from './connection';
import { createDialogue, hasSaid, lastSeq, running } from './dialogue';
import { firstView } from './forms';
import { attributeFacts, type Facts, identityFacts, toPayload } from './identity';
import { newId } from './ids';
import { merge, withoutStored } from './log';
import { createQueue } from './queue';
import { createStore, initialState, type View } from './state';
import { joinTabs, type News } from './tabs';
import { createUploads, refusalOf } from './uploads';

const TYPING_EVERY = 3000;

export function createChat(stage: Stage, memory: Memory, session: Session, connect: typeof createConnection = createConnection) {
  const store = createStore(initialState(session));
  const facts: Facts = new Map();
  let typedAt = 0;
  let thread: string | null | undefined;

  const restore = ({ draft, sound }: Kept): void => store.set({ pending: queue.items(), draft: typeof draft === 'string' ? draft : '', sound: sound === true });
  const visible = (): boolean => store.state.open && store.state.view === 'chat' && document.visibilityState === 'visible';
  const page = () => ({ url: location.href, title: document.title, referrer: document.referrer });
  const token = (): string => memory.read().token ?? store.state.session.token;

  const queue = createQueue({
    memory,
    changed: (pending) => store.set({ pending }),
    confirmed({ item, seq, id, at }) {
      const { session: { visitor } } = store.state;
      const files = item.files.map((file) => ({ ...file, url: '', width: null, height: null }));
      store.set((state) => ({
        // The echo may have come first, and knows more (addresses of files): it wins.
        messages: state.messages.some((known) => known.id === id) ? state.messages : merge(state.messages, [{
          id, seq, at, from: 'visitor', client_id: item.client_id, name: visitor.name, photo: null, text: item.text, files,
          edited: false, deleted: false, state: 'sent',
        }]),
      }));
      tabs.tell({ kind: 'stored', client_id: item.client_id });
      stage.emit('message:sent', { id, text: item.text });
    },
  });

  const dialogue = createDialogue({
    store, visible,
    stored(messages) {
      if (withoutStored(store.state.pending, messages).length < store.state.pending.length) queue.remove(messages.map((message) => message.client_id ?? ''));
    },
    received(message) {
      stage.emit('message:received', { id: message.id, text: message.text, name: message.name });
      if (store.state.sound && !visible()) void import('./sound').then((sound) => sound.ping());
    },
    read,
    live: (on) => { if (on !== Boolean(memory.read().live)) memory.write({ live: on }); },
    settled: () => Number(memory.read().settled ?? 0),
    happened: stage.emit,
  });

  const connection: Connection = connect({
    url: stage.origin, path: session.socket,
    auth: () => ({ token: token(), page: page() }),
    renew: () => renew(),
    onLink(link) {
      const before = store.state.link.state;
      store.set({ link });
      if (link.state === before) return;
      if (link.state === 'online') stage.emit('online');
      else if (before === 'online') {
        dialogue.lost();
        stage.emit('offline');
      }
    },
    onConnect: () => void catchUp().catch(() => {}),
    onEvent(name, payload) {
      dialogue.event(name, payload);
      if (name === 'line') stage.show({ session: store.state.session });
    },
  });

  async function renew(known: string | undefined = token()): Promise<Session> {
    const fresh = await stage.fetchSession(known);
    memory.write({ token: fresh.token });
    store.set({ session: fresh });
    return fresh;
  }

  const tabs = joinTabs(stage.key, hear);
  function hear(news: News): void {
    if (news.kind === 'read') {
      dialogue.unread(0);
      store.set({ preview: null });
    } else if (news.kind === 'stored') store.set(({ pending }) => ({ pending: pending.filter((item) => item.client_id !== news.client_id) })); // the storage may lag behind the news
    else if (news.kind === 'closed') store.set({ preview: null });
    else if (news.kind === 'settled' && store.state.view === 'rating') store.set({ view: 'chat' });
    else if (news.kind === 'reset') void reset(false);
  }

  async function catchUp(): Promise<void> {
    const wasLive = Boolean(memory.read().live);
    let again: unknown;
    do {
      const answer = await connection.request<Synced>('sync', { after: store.state.cursor });
      if (!answer.ok) return stage.emit('error', answer);
      again = thread && thread !== answer.dialogue;
      thread = answer.dialogue;
      if (again) store.set({ messages: [], cursor: 0 }); // signed in: their own dialogue, from its beginning
      else {
        dialogue.caughtUp(answer, wasLive);
        again = answer.more;
      }
    } while (again);
    await tellFacts();
    await flush();
  }
  const flush = (): Promise<void> => queue.flush((message) => connection.request('message.send', message));

  async function tellFacts(): Promise<void> {
    if (!facts.size || store.state.link.state !== 'online') return;
    const answer = await connection.request<{ visitor: Visitor; token?: string; dialogue: string | null }>('visitor.update', toPayload(facts));
    if (answer.ok || !answer.retry_after) facts.clear(); // what is refused for good would be refused for ever
    if (!answer.ok) return stage.emit('error', answer);
    if (answer.token) memory.write({ token: answer.token });
    store.set(({ session }) => ({ session: { ...session, token: answer.token ?? session.token, visitor: answer.visitor } }));
    if (answer.dialogue !== thread) await catchUp();
  }
  const learn = (news: Iterable<[string, unknown]>): void => {
    for (const [name, value] of news) facts.set(name, value);
    void tellFacts().catch(() => {}); // kept, and told after the next connect
  };

  function read(): void {
    const seq = lastSeq(store.state);
    if (!seq) return;
    connection.tell('read.set', { seq });
    dialogue.unread(0);
    store.set({ preview: null });
    tabs.tell({ kind: 'read', seq });
  }

  function write(text: string, { files = [], form, consent }: Partial<Pick<Pending, 'files' | 'form' | 'consent'>> = {}): void {
    memory.allow();
    queue.add({ client_id: newId(), text, files, at: new Date().toISOString(), form, consent });
    typedAt = 0; // the next word begins a new answer, and operators hear of it
    connection.start();
    void flush();
  }

  const uploads = createUploads({
    url: () => `${stage.origin}/api/v1/widget/files`, token, newId,
    changed: (going) => store.set({ uploads: going }),
    stored: (file) => write('', { files: [file] }),
  });

  function show(view: View): void {
    store.set({ view, menu: false, trouble: null });
    if (visible()) read();
  }

  function setOpen(open: boolean): void {
    if (open === store.state.open) return;
    const { state } = store;
    const due = dialogue.ratingDue() && state.view === 'rating';
    store.set({ open, menu: false, preview: null, view: open && !due && !['callback', 'ended'].includes(state.view) ? firstView(state.session, hasSaid(state)) : state.view });
    memory.write({ open });
    stage.emit(open ? 'open' : 'close');
    if (open) {
      connection.start();
      if (visible()) read();
    } else tabs.tell({ kind: 'closed' });
  }

  async function reset(tell = true): Promise<void> {
    setOpen(false);
    connection.stop();
    uploads.stop();
    facts.clear();
    memory.forget();
    if (tell) tabs.tell({ kind: 'reset' });
    dialogue.unread(0);
    store.set(initialState(await renew('')));
  }

  async function rate(value: number, comment: string): Promise<void> {
    try {
      const answer = await connection.request('conversation.rate', { value, ...(comment && { comment }) });
      if (answer.ok) return settle('ended');
      store.set({ trouble: answer.title });
    } catch {
      store.set({ trouble: '' });
    }
  }
  function settle(view: View): void {
    const seq = lastSeq(store.state);
    memory.write({ settled: seq });
    tabs.tell({ kind: 'settled', seq });
    show(view);
  }

  restore(memory.read());
  addEventListener('online', () => connection.retryNow());
  document.addEventListener('visibilitychange', () => {
    if (visible() && store.state.unread) read();
  });

  return {
    stage, store, connection, hear,
    /** The next opening takes no focus. */
    quiet: false,
    setOpen, show, read, write, rate, settle, reset,
    /** Listens while the panel is closed: a conversation is running, or something waits to be sent. */
    listen: () => connection.start(),
    send(text: string): void {
      const said = text.trim();
      if (!said) return;
      write(said);
      this.draft('');
    },
    sendForm(kind: SentForm['kind'], text: string, fields: Record<string, string>, consent?: GivenConsent): void {
      write(text, { form: { kind, fields }, consent });
      store.set((state) => ({ session: { ...state.session, visitor: { ...state.session.visitor, ...fields, known: true } } }));
      this.draft('');
      show('chat');
    },
    draft(text: string): void {
      store.set({ draft: text });
      memory.write({ draft: text });
    },
    typing(): void {
      if (Date.now() - typedAt < TYPING_EVERY) return;
      typedAt = Date.now();
      connection.tell('typing.set', { on: true });
    },
    attach(files: Iterable<File>): void {
      const { limits } = store.state.session;
      const refusals = [];
      for (const file of files) {
        const refusal = refusalOf(file, limits);
        if (refusal) refusals.push(refusal);
        else uploads.add(file);
      }
      store.set({ refusals });
    },
    cancelUpload: uploads.cancel,
    retryUpload: uploads.retry,
    again(clientId: string): void {
      queue.again(clientId);
      void flush();
    },
    discard: (clientId: string) => queue.remove([clientId]),
    finish: () => void connection.request('conversation.close', {}).catch(() => store.set({ trouble: '' })),
    setSound(on: boolean): void {
      store.set({ sound: on });
      memory.write({ sound: on });
    },
    identify: (who: unknown) => learn(identityFacts(who)),
    setAttributes: (what: unknown) => learn([['attributes', attributeFacts(what)]]),
    setLocale: (locale: string) => learn([['locale', locale]]),
    setPage: () => { if (store.state.link.state === 'online') learn([['page', page()]]); },
    running: () => running(store.state.conversation),
  };
}

export type Chat = ReturnType<typeof createChat>;
