/** The log: days, groups, what waits, what uploads, what was refused. Sticks to its end only if it was there. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { group } from '../log';
import { Fragment } from 'preact';
import { GroupOfBubbles, Waiting } from './bubble';
import { useLasting, useScene } from './context';
import { Avatar, Icon, later } from './parts';

const Files = later<{ choose: () => void }, 'Files'>('Files', () => import('./files'));
const QueueCard = later('QueueCard', () => import('./queue'));
const AnswerBy = later('AnswerBy', () => import('./queue'));

const NEAR = 40;

/** Keeps the end in view, and tells whether something new lies below it. */
function useStickyEnd(count: number) {
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const end = (): void => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
    setBelow(false);
  };
  useLayoutEffect(() => (atEnd.current ? end() : setBelow(true)), [count]);
  useEffect(() => {
    const box = log.current as HTMLDivElement;
    const keep = (): void => { if (atEnd.current) end(); };
    const size = new ResizeObserver(keep);
    const content = new MutationObserver(keep); // later chunks, and pictures once they are drawn
    size.observe(box);
    content.observe(box, { childList: true, subtree: true, attributeFilter: ['height', 'class'] });
    return () => {
      size.disconnect();
      content.disconnect();
    };
  }, []);
  const onScroll = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = log.current as HTMLDivElement;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
    if (atEnd.current) setBelow(false);
  };
  return { log, below, end, onScroll };
}

function Typing() {
  const { state, tongue: { t } } = useScene();
  const { typing, conversation: { operator } } = state;
  if (typing === null) return null;
  const name = typing || operator?.name || '';
  return (
    <div class="g op">
      <Avatar class="s" person={operator ?? { name, photo: null }} />
      <div class="m ty" role="status"><i /><i /><i /><span class="sr">{name ? t('typing', { name }) : t('typing0')}</span></div>
    </div>
  );
}

export function Log({ choose }: { choose: () => void }) {
  const { state, tongue } = useScene();
  const { messages, pending, uploads, refusals, conversation, link, session, typing } = state;
  const groups = group(messages);
  const queued = conversation.state === 'queued';
  const lost = useLasting(link.state === 'lost', 2000);
  const shut = !session.line.open && conversation.state !== 'active' && messages.length + pending.length > 0;
  const { log, below, end, onScroll } = useStickyEnd(messages.length + pending.length + uploads.length + refusals.length + Number(typing !== null) + Number(queued) + Number(lost));
  return (
    <div class="logbox">
      <div class="body log" role="log" aria-live="polite" aria-label={tongue.t('msgs')} tabIndex={0} ref={log} onScroll={onScroll}>
        {groups.map((each, at) => (
          <Fragment key={each.key}>
            {each.newDay && <div class="day">{tongue.day(each.messages[0]?.at ?? 0)}</div>}
            <GroupOfBubbles group={each} last={at === groups.length - 1} />
          </Fragment>
        ))}
        {pending.length > 0 && <Waiting items={pending} />}
        {lost && pending.length > 0 && <p class="sys">{tongue.t('goOn')}</p>}
        {uploads.length + refusals.length > 0 && <Files choose={choose} />}
        {queued && <QueueCard />}
        {shut && <AnswerBy />}
        <Typing />
      </div>
      {below && <button type="button" class="pill" onClick={end}><Icon name="arrow" />{tongue.t('newer')}</button>}
    </div>
  );
}
