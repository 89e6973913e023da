/** The form before the first word, open or closed hours: asks what is not known, consent never ticked beforehand. */
import { useRef, useState } from 'preact/hooks';
import type { Consent, Field } from '../../wire';
import { check, fieldsToAsk, given, latinDigits, type Troubles } from '../forms';
import type { Key } from '../tongue';
import { useScene } from './context';
import { Fault } from './parts';
import { AnswerBy } from './queue';

export { default as css } from './screens.css?inline';

const KNOWN = new Map<string, { type: 'text' | 'email' | 'tel'; mode?: 'email' | 'tel'; label: Key }>([
  ['name', { type: 'text', label: 'name' }], ['email', { type: 'email', mode: 'email', label: 'email' }], ['phone', { type: 'tel', mode: 'tel', label: 'phone' }],
]);

/** Outlives a turn of the hours and a closed panel: what was typed is kept. */
const answers = new Map<string, string>();

function Choice({ field, label }: { field: Field; label: string }) {
  const [, redraw] = useState(0);
  return (
    <fieldset>
      <legend>{label}</legend>
      <div class="seg">
        {field.options?.map((option) => (
          <label key={option}>
            <input type="radio" name={field.name} checked={answers.get(field.name) === option} onChange={() => { answers.set(field.name, option); redraw(Math.random()); }} />
            <span>{option}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Asked({ field, trouble }: { field: Field; trouble?: Key }) {
  const { tongue: { t } } = useScene();
  const known = KNOWN.get(field.name);
  const label = known ? t(known.label) : (field.label ?? field.name);
  if (field.options?.length) return <Choice field={field} label={label} />;
  const hint = field.name === 'email' && !field.required && !trouble;
  return (
    <div class="fl-d">
      <label class="lb" for={field.name}>{label}{!field.required && <span class="mu"> {t('opt')}</span>}</label>
      <input
        class="in" id={field.name} type={(known?.type ?? 'text') as 'text'} inputMode={known?.mode} dir={known?.mode ? 'ltr' : 'auto'} autocomplete={known ? (field.name === 'phone' ? 'tel' : field.name) : 'off'}
        defaultValue={answers.get(field.name)} maxLength={200} aria-required={field.required} aria-invalid={trouble ? true : undefined}
        aria-describedby={trouble ? `${field.name}-e` : hint ? `${field.name}-h` : undefined}
        onInput={(event) => answers.set(field.name, known?.mode === 'tel' ? latinDigits(event.currentTarget.value) : event.currentTarget.value)}
      />
      {trouble && <Fault id={`${field.name}-e`} text={t(trouble)} />}
      {hint && <p class="mu" id={`${field.name}-h`}>{t('emailHint')}</p>}
    </div>
  );
}

function ConsentTick({ consent, trouble, set }: { consent: Consent; trouble: boolean; set: (on: boolean) => void }) {
  const { state: { session }, tongue: { t } } = useScene();
  return (
    <div class="cs">
      <input class="bx" type="checkbox" id="consent" aria-invalid={trouble || undefined} aria-describedby={trouble ? 'consent-e' : undefined} onChange={(event) => set(event.currentTarget.checked)} />
      <label for="consent">{consent.text ?? t('consent', { name: session.site.name })}</label>
      {consent.url && /^https?:/.test(consent.url) && <a href={consent.url} target="_blank" rel="noopener noreferrer">{t('notice', { v: consent.version })}</a>}
      {trouble && <Fault id="consent-e" text={t('eConsent')} />}
    </div>
  );
}

export function Form({ kind }: { kind: 'prechat' | 'offline' }) {
  const { chat, state, tongue } = useScene();
  const { session, draft } = state;
  const { t } = tongue;
  const plan = session.forms[kind] ?? { fields: [] };
  const consent = plan.consent ?? session.forms.prechat?.consent ?? null;
  const fields = fieldsToAsk(plan, session.visitor);
  const [accepted, accept] = useState(false);
  const [troubles, setTroubles] = useState<Troubles>(new Map());
  const form = useRef<HTMLFormElement>(null);

  const submit = (event: Event): void => {
    event.preventDefault();
    const found = check(fields, answers, draft, consent, accepted);
    setTroubles(found);
    if (found.size) return void requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
    chat.sendForm(kind, draft.trim(), given(fields, answers), consent && { version: consent.version, accepted: true } || undefined);
    answers.clear();
  };
  const choices = fields.filter((field) => field.options?.length);
  const plain = fields.filter((field) => !field.options?.length);
  const question = (
    <div class="fl-d">
      <label class="lb" for="text">{t(kind === 'offline' ? 'message' : 'question')}</label>
      <textarea
        class="in" id="text" dir={tongue.dirOf(draft)} value={draft} maxLength={session.limits.text} aria-required="true" aria-invalid={troubles.has('text') || undefined}
        aria-describedby={troubles.has('text') ? 'text-e' : undefined} onInput={(event) => chat.draft(event.currentTarget.value)}
      />
      {troubles.has('text') && <Fault id="text-e" text={t('eReq')} />}
    </div>
  );
  return (
    <form class="body form" noValidate ref={form} onSubmit={submit}>
      {kind === 'offline' && <AnswerBy />}
      {kind === 'offline' && question}
      {choices.map((field) => <Asked key={field.name} field={field} trouble={troubles.get(field.name)} />)}
      {plain.length > 0 && (
        <div class={plain.length > 1 ? 'two' : 'st'}>{plain.map((field) => <Asked key={field.name} field={field} trouble={troubles.get(field.name)} />)}</div>
      )}
      {kind === 'prechat' && question}
      {consent && <ConsentTick consent={consent} trouble={troubles.has('consent')} set={accept} />}
      <button type="submit" class="pri">{t(kind === 'offline' ? 'leave' : 'start')}</button>
    </form>
  );
}
