/** The menu behind the three dots: arrows move, Esc closes only it. */
import { useEffect, useRef } from 'preact/hooks';
import { safeUrl } from '../log';
import { transcript } from '../transcript';
import { useScene } from './context';
import { Icon, type IconName } from './parts';

export { default as css } from './screens.css?inline';

/** Written by the browser itself: nothing is sent, nothing asked. */
export function useTranscript(): () => void {
  const { state, tongue } = useScene();
  return () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([transcript(state.messages, tongue.t('you'), tongue.moment)], { type: 'text/plain' }));
    link.download = `${state.session.site.name}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
}

export function Menu() {
  const { chat, state, tongue: { t, time } } = useScene();
  const { session, conversation, sound, messages } = state;
  const box = useRef<HTMLDivElement>(null);
  const download = useTranscript();
  useEffect(() => box.current?.querySelector('button')?.focus(), []);
  const close = (): void => {
    chat.store.set({ menu: false });
    chat.stage.slot.querySelector<HTMLElement>('[aria-haspopup=menu]')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    } else if (step) {
      event.preventDefault();
      const all = [...(box.current?.querySelectorAll('button') ?? [])];
      all.at((all.indexOf(event.target as HTMLButtonElement) + step) % all.length)?.focus();
    }
  };
  const item = (icon: IconName, title: string, run: () => void, below?: string) => (
    <button type="button" role="menuitem" onClick={() => { close(); run(); }}>
      <Icon name={icon} /><span>{title}{below && <small>{below}</small>}</span>
    </button>
  );
  const today = session.line.hours?.[0]?.[1];
  const until = session.line.open && today ? t('until', { time: time(today) }) : undefined;
  const telegram = safeUrl(session.telegram ?? null, 'https://t.me');
  const running = conversation.state === 'active' || conversation.state === 'queued';
  return (
    <>
      <div class="veil" onClick={close} />
      <div class="menu" role="menu" ref={box} onKeyDown={onKeyDown}>
        {item('tel', t('call'), () => chat.show('callback'), until)}
        {telegram && item('plane', t('tg'), () => window.open(telegram, '_blank', 'noopener'), t('tgS'))}
        {messages.length > 0 && item('down', t('trD'), download)}
        <button type="button" role="menuitemcheckbox" aria-checked={sound} onClick={() => chat.setSound(!sound)}>
          <Icon name="bell" /><span>{t('sound')}</span><small>{t(sound ? 'loud' : 'silent')}</small>
        </button>
        {running && <hr />}
        {running && item('flag', t('finish'), chat.finish)}
      </div>
    </>
  );
}
