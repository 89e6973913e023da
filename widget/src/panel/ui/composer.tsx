/** Where the visitor writes: text, files by clip, paste or drop, signs, suggested answers. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useScene } from './context';
import { Fault, IconButton, later } from './parts';

const Emoji = later<{ pick: (sign: string) => void; close: () => void }, 'Emoji'>('Emoji', () => import('./emoji'));

export function Choices() {
  const { chat, state, tongue: { t } } = useScene();
  const last = state.messages.at(-1);
  if (last?.from !== 'operator' || !last.choices?.length || state.pending.length || state.conversation.state === 'closed') return null;
  return (
    <div class="ch" role="group" aria-label={t('choices')}>
      {last.choices.slice(0, 6).map((choice) => <button type="button" class="c" key={choice} onClick={() => chat.send(choice)}>{choice}</button>)}
    </div>
  );
}

export function Composer({ picker }: { picker: RefObject<HTMLInputElement | null> }) {
  const { chat, state, tongue } = useScene();
  const { t } = tongue;
  const { draft, session: { limits }, conversation } = state;
  const box = useRef<HTMLTextAreaElement>(null);
  const [signs, setSigns] = useState(false);
  const long = draft.length > limits.text;
  const placeholder = t(conversation.state === 'queued' ? 'phQ' : 'ph');

  useLayoutEffect(() => {
    if (!box.current || CSS.supports('field-sizing', 'content')) return;
    box.current.style.height = 'auto';
    box.current.style.height = `${box.current.scrollHeight}px`;
  }, [draft]);

  const submit = (event: Event): void => {
    event.preventDefault();
    if (long) return;
    chat.send(draft);
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  };
  const onPaste = (event: ClipboardEvent): void => {
    const given = event.clipboardData;
    if (!given?.files.length || given.getData('text')) return; // an office program adds a picture of the words
    event.preventDefault();
    chat.attach(given.files);
  };
  const pick = (sign: string): void => {
    const { selectionStart: from = draft.length, selectionEnd: to = draft.length } = box.current ?? {};
    chat.draft(draft.slice(0, from) + sign + draft.slice(to));
    setSigns(false);
    box.current?.focus();
  };
  return (
    <div class="dock">
      <Choices />
      {signs && <Emoji pick={pick} close={() => { setSigns(false); box.current?.focus(); }} />}
      {long && <Fault id="long" text={t('eLong', { n: draft.length, max: limits.text })} />}
      <form class="cp" onSubmit={submit}>
        <IconButton icon="clip" label="attach" onClick={() => picker.current?.click()} />
        <textarea
          ref={box} rows={1} dir={tongue.dirOf(draft)} aria-label={placeholder} placeholder={placeholder} enterkeyhint="send" value={draft} data-first
          aria-invalid={long || undefined} aria-describedby={long ? 'long' : undefined}
          onInput={(event) => { chat.draft(event.currentTarget.value); chat.typing(); }} onKeyDown={onKeyDown} onPaste={onPaste}
        />
        <IconButton icon="smile" label="emoji" aria-expanded={signs} onClick={() => setSigns(!signs)} />
        <IconButton class={`sd${draft.trim() && !long ? ' f' : ''}`} type="submit" icon="send" turn label="send" />
      </form>
    </div>
  );
}
