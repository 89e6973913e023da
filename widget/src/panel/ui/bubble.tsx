/** Bubbles: text with links, pictures, files, sound; grouped by voice, with the state of delivery in words. */
import { useState } from 'preact/hooks';
import type { Pending } from '../../shared/memory';
import type { Message, ShownFile } from '../../wire';
import { type Group, linkify, safeUrl } from '../log';
import { useScene } from './context';
import { Avatar, Icon, iconOf, later } from './parts';

const Picture = later<{ url: string; label: string; broken: () => void }, 'Picture'>('Picture', () => import('./picture'));
const Voice = later<{ url: string }, 'Voice'>('Voice', () => import('./voice'));

function Text({ text }: { text: string }) {
  const { tongue } = useScene();
  return (
    <p dir={tongue.dirOf(text)}>
      {linkify(text).map((piece) => (piece.href ? <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">{piece.text}</a> : piece.text))}
    </p>
  );
}

/** "Estimate 2417" and "PDF": name and kind of a file are shown apart. */
export function fileParts(name: string, type: string): [string, string] {
  const clean = name.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
  const dot = clean.lastIndexOf('.');
  const kind = dot > 0 && clean.length - dot <= 6 ? clean.slice(dot + 1) : (type.split('/')[1] ?? '');
  return [dot > 0 && clean.length - dot <= 6 ? clean.slice(0, dot) : clean, kind.toUpperCase()];
}

function FileCard({ file, url }: { file: ShownFile; url: string | null }) {
  const { tongue } = useScene();
  const [name, kind] = fileParts(file.name, file.type);
  return (
    <a class="fi" href={url ?? undefined} target="_blank" rel="noopener noreferrer" download={file.name}>
      <i><Icon name={iconOf(file.type)} /></i>
      <span><b><bdi>{name}</bdi></b><span class="mu"><bdi>{kind}</bdi>{tongue.rtl ? '، ' : ', '}{tongue.bytes(file.size)}</span></span>
      {url && <Icon name="down" />}
      <span class="sr">{tongue.t('dl')}</span>
    </a>
  );
}

function File({ file }: { file: ShownFile }) {
  const { chat, tongue } = useScene();
  const [broken, setBroken] = useState(false);
  const url = safeUrl(file.url, chat.stage.origin);
  if (url && file.type.startsWith('audio/')) return <Voice url={url} />;
  if (!url || broken || !file.type.startsWith('image/')) return <FileCard file={file} url={url} />;
  return (
    <a class="pic" href={url} target="_blank" rel="noopener noreferrer">
      <Picture url={url} label={tongue.t('photo', { name: file.name })} broken={() => setBroken(true)} />
    </a>
  );
}

function Bubble({ message, first }: { message: Message; first: boolean }) {
  const { tongue: { t } } = useScene();
  const name = `m${message.files.length && !message.deleted ? ' ph' : ''}${first ? ' fst' : ''}`;
  if (message.deleted) return <div class={`${name} gone`}><p>{t('deleted')}</p></div>;
  return (
    <div class={name}>
      {message.files.map((file) => <File key={file.id} file={file} />)}
      {message.text && <Text text={message.text} />}
      {message.edited && <small class="ed">{t('edited')}</small>}
    </div>
  );
}

function Delivery({ message }: { message: Message }) {
  const { state, tongue: { t, time } } = useScene();
  const seen = message.state === 'read' || message.seq <= state.seenByOperator;
  const key = seen ? 'read' : message.state === 'delivered' ? 'delivered' : 'sent';
  return <div class="meta"><Icon name={seen ? 'oks' : 'ok'} />{t(key)} {time(message.at)}</div>;
}

export function GroupOfBubbles({ group, last }: { group: Group; last: boolean }) {
  const { tongue: { t, time } } = useScene();
  if (group.from === 'system') return <p class="sys">{group.messages[0]?.text} · {time(group.messages[0]?.at ?? 0)}</p>;
  const mine = group.from === 'visitor';
  const end = group.messages.at(-1);
  return (
    <div class={`g ${mine ? 'me' : 'op'}`}>
      <span class="sr">{mine ? t('you') : group.name}: </span>
      {!mine && <Avatar class="s" person={{ name: group.name ?? '', photo: group.photo }} />}
      {group.messages.map((message, at) => <Bubble key={message.id} message={message} first={!at} />)}
      {mine && end && <Delivery message={end} />}
      {!mine && end && !last && <div class="meta">{time(end.at)}</div>}
    </div>
  );
}

export function Waiting({ items }: { items: Pending[] }) {
  const { chat, state, tongue: { t, time } } = useScene();
  const stuck = state.link.state === 'lost' || state.link.state === 'refused';
  const patient = items.filter((item) => !item.refused);
  return (
    <div class="g me">
      <span class="sr">{t('you')}: </span>
      {items.map((item, at) => (
        <>
          <div class={`m wait${at ? '' : ' fst'}${item.refused ? ' bad' : ''}`} key={item.client_id}>
            {item.files.map((file) => <FileCard key={file.id} file={{ ...file, url: '', width: null, height: null }} url={null} />)}
            {item.text && <Text text={item.text} />}
          </div>
          {item.refused && (
            <div class="meta bad">
              <Icon name="al" />{t('refused')}: {item.refused}
              <button type="button" class="tx" onClick={() => chat.again(item.client_id)}>{t('retry')}</button>
              <button type="button" class="tx" onClick={() => chat.discard(item.client_id)}>{t('remove')}</button>
            </div>
          )}
        </>
      ))}
      {stuck && patient.length > 0 && <div class="meta"><Icon name="clock" />{t('waiting')} · {time(patient.at(-1)?.at ?? 0)}</div>}
    </div>
  );
}
