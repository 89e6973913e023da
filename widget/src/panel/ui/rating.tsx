/** After the conversation: one question with nothing chosen, and what comes next. A later chunk. */
import { useEffect, useState } from 'preact/hooks';
import type { Person } from '../../wire';
import type { Key } from '../tongue';
import { useScene } from './context';
import { Avatar, Fault, Greeting, Icon } from './parts';
import { useTranscript } from './menu';

export { default as css } from './screens.css?inline';

const MOUTHS = ['M8 16.6c2.2-2.6 5.8-2.6 8 0', 'M8.4 16c2-1.2 5-1.2 7.2 0', 'M8.4 15.4h7.2', 'M8.2 14.6c2 1.8 5.6 1.8 7.6 0', 'M7.6 13.8c1.4 4.6 7.4 4.6 8.8 0z'];

function useAnswerer(): Person | null {
  const { state } = useScene();
  const last = state.messages.findLast((message) => message.from === 'operator');
  return state.conversation.operator ?? (last?.name ? { name: last.name, photo: last.photo } : null);
}

function Face({ value }: { value: number }) {
  return <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9.2" /><path d={`M9 9v.9M15 9v.9${MOUTHS[value - 1]}`} /></svg>;
}

export function Rating() {
  const { chat, state, tongue: { t, time } } = useScene();
  const who = useAnswerer();
  const name = who?.name;
  const [value, setValue] = useState(0);
  const [comment, setComment] = useState('');
  const ended = state.messages.at(-1)?.at;
  return (
    <>
      <Greeting face={who && <Avatar person={who} />} title={name ? t('rtQ', { name }) : t('rtQ0')}>
        {ended && t('rtHead', { time: time(ended) })} {name ? t('rtS', { name }) : t('rtS0')}
      </Greeting>
      <form class="body form" onSubmit={(event) => { event.preventDefault(); if (value) void chat.rate(value, comment.trim()); }}>
        <div class="rt" role="radiogroup" aria-labelledby="ttl">
          {[1, 2, 3, 4, 5].map((n) => {
            const label = t(`r${n}` as Key);
            return (
              <label key={n}>
                <input type="radio" name="rate" aria-label={t('of5', { label, n })} checked={value === n} onChange={() => setValue(n)} />
                <span><Face value={n} />{label}</span>
              </label>
            );
          })}
        </div>
        <div class="fl-d">
          <label class="lb" for="rc">{t('rtC')} <span class="mu">{t('opt')}</span></label>
          <textarea class="in" id="rc" dir="auto" maxLength={1000} value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
        </div>
        {state.trouble !== null && <Fault id="rt-e" text={state.trouble || t('lost')} />}
        <div class="st">
          <button type="submit" class="pri" aria-disabled={!value}>{t('rtGo')}</button>
          <button type="button" class="lnk" onClick={() => chat.settle('ended')}>{t('rtNo')}</button>
        </div>
      </form>
    </>
  );
}

export function Ended() {
  const { chat, state, tongue: { t } } = useScene();
  const who = useAnswerer();
  const download = useTranscript();
  const { name } = state.session.visitor;
  useEffect(() => chat.stage.slot.querySelector<HTMLElement>('#ttl')?.focus(), []);
  return (
    <>
      <Greeting face={who && <Avatar person={who} />} title={name ? t('endT', { name }) : t('endT0')}>{t('endP')}</Greeting>
      <div class="body form">
        <div class="st">
          <h3 class="lb">{t('copy')}</h3>
          <button type="button" class="row" onClick={download}><i><Icon name="down" /></i><span><b>{t('trD')}</b></span></button>
        </div>
        <div class="st end"><button type="button" class="pri" onClick={() => chat.show('chat')}>{t('again')}</button></div>
      </div>
    </>
  );
}
