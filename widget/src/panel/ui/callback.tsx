/** "Call me back": a number and a time in which somebody can ring. A later chunk. */
import { useState } from 'preact/hooks';
import { callSlots, isPhone, latinDigits, tidyPhone } from '../forms';
import { minutesOf } from '../promise';
import { useScene } from './context';
import { CloseButton, Fault, Icon, IconButton } from './parts';

export { default as css } from './screens.css?inline';

export function Callback() {
  const { chat, state, tongue } = useScene();
  const { t, time, moment } = tongue;
  const { session: { line, visitor }, conversation } = state;
  const [phone, setPhone] = useState(visitor.phone ?? '');
  const [when, setWhen] = useState('asap');
  const [bad, setBad] = useState(false);
  const days = callSlots(line.hours ?? [], new Date());
  const queued = conversation.state === 'queued';
  const n = queued ? minutesOf(conversation.queue?.minutes ?? null) : null;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!isPhone(phone)) {
      setBad(true);
      return chat.stage.slot.querySelector<HTMLElement>('#cb')?.focus();
    }
    const said = t('cbSaid', { phone: tidyPhone(phone), when: when === 'asap' ? t('asap') : moment(when) });
    chat.sendForm('callback', said, { phone: tidyPhone(phone), when });
  };
  const slot = (value: string, label: preact.ComponentChildren) => (
    <label key={value}><input type="radio" name="when" checked={when === value} onChange={() => setWhen(value)} /><span>{label}</span></label>
  );
  const today = line.hours?.[0];
  return (
    <>
      <header>
        <IconButton icon="back" turn label="back" onClick={() => chat.show('chat')} />
        <div><b id="ttl">{t('cbHead')}</b><p>{t(queued ? 'cbSub' : 'cbSub0')}</p></div>
        <CloseButton />
      </header>
      <form class="body form" noValidate onSubmit={submit}>
        <div class="fl-d">
          <label class="lb" for="cb">{t('phone')}</label>
          <input class="in" id="cb" type="tel" inputMode="tel" dir="ltr" autocomplete="tel" value={phone} aria-invalid={bad || undefined} aria-describedby={bad ? 'cb-e' : undefined} onInput={(event) => { setPhone(latinDigits(event.currentTarget.value)); setBad(false); }} />
          {bad && <Fault id="cb-e" text={t('ePhone')} />}
        </div>
        <fieldset>
          <legend>{t('cbWhen')}</legend>
          <div class="seg x">{slot('asap', <>{t('asap')}{n && <small>{t('asapS', { n })}</small>}</>)}</div>
          {days.map((slots, day) => slots.length > 0 && (
            <>
              <p class="lb dl">{t(day ? 'tomorrow' : 'today')}</p>
              <div class="seg gr">{slots.map((at) => slot(at.toISOString(), time(at)))}</div>
            </>
          ))}
        </fieldset>
        {today && <p class="mu">{t('cbHours', { a: time(today[0]), b: time(today[1]) })}</p>}
        <button type="submit" class="pri"><Icon name="tel" />{when === 'asap' ? t('cbGo') : t('cbAt', { when: moment(when) })}</button>
      </form>
    </>
  );
}
