/** Plays one voice message. A later chunk: most conversations have none. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useScene } from './context';
import { IconButton } from './parts';

export { default as css } from './screens.css?inline';

export function Voice({ url }: { url: string }) {
  const { tongue: { t, number } } = useScene();
  const audio = useRef<HTMLAudioElement | null>(null);
  const [{ playing, at, of }, set] = useState({ playing: false, at: 0, of: 0 });
  useEffect(() => {
    const sound = (audio.current = new Audio());
    sound.preload = 'metadata';
    sound.src = url;
    const follow = (): void => set({ playing: !sound.paused && !sound.ended, at: sound.currentTime, of: Number.isFinite(sound.duration) ? sound.duration : 0 });
    for (const name of ['play', 'pause', 'ended', 'timeupdate', 'loadedmetadata']) sound.addEventListener(name, follow);
    return () => sound.pause();
  }, [url]);
  const toggle = (): void => void (playing ? audio.current?.pause() : audio.current?.play().catch(() => {}));
  const seconds = Math.round(playing || at ? at : of);
  return (
    <div class="vo" role="group" aria-label={t('voice')}>
      <IconButton class="pl" icon={playing ? 'pause' : 'play'} label={playing ? 'pause' : 'play'} onClick={toggle} />
      <progress max={of || 1} value={at} aria-hidden="true" />
      <span class="mu">{number(Math.floor(seconds / 60))}:{number(seconds % 60, { minimumIntegerDigits: 2 })}</span>
    </div>
  );
}
