/** The small pieces that every screen shares: icons, faces, icon buttons, headers, rows. */
import type { ComponentChildren, ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Person } from '../../wire';
import { safeUrl } from '../log';
import type { Key } from '../tongue';
import { useScene } from './context';
import { adopt } from './sheets';

const PATHS = {
  x: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  dots: 'M5 12a.7.7 0 1 0 1.4 0 .7.7 0 0 0-1.4 0M11.3 12a.7.7 0 1 0 1.4 0 .7.7 0 0 0-1.4 0M17.6 12a.7.7 0 1 0 1.4 0 .7.7 0 0 0-1.4 0',
  send: 'M4.6 11.9h9M4.6 11.9L3.7 5.2a.8.8 0 0 1 1.2-.8l15 6.9a.7.7 0 0 1 0 1.3l-15 6.9a.8.8 0 0 1-1.2-.8z',
  clip: 'M20 11.5l-8.2 8.2a5.2 5.2 0 0 1-7.4-7.4l8.6-8.6a3.5 3.5 0 0 1 5 5l-8.5 8.4a1.7 1.7 0 0 1-2.5-2.4l7.6-7.6',
  smile: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 14.2a4.3 4.3 0 0 0 7 0M9 9.6v.3M15 9.6v.3',
  play: 'M8 5.5v13l10.5-6.5z', pause: 'M8 5.5v13M16 5.5v13',
  file: 'M7 3h7l5 5v11a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM14 3v5h5M9 13h6M9 16.5h4',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9v.1', film: 'M4 5h16v14H4zM10 9v6l5-3z',
  down: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14', arrow: 'M12 5v14M6 13l6 6 6-6',
  tel: 'M5 4h4l1.6 4.6-2.3 1.6a12 12 0 0 0 5.5 5.5l1.6-2.3L20 15v4a1.6 1.6 0 0 1-1.8 1.6A16 16 0 0 1 3.4 5.8 1.6 1.6 0 0 1 5 4z',
  plane: 'M20.5 4.5L3.5 11l5.5 2.2M20.5 4.5L17 19.5l-8-6.3M20.5 4.5L9 13.2v5.6l3-3',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
  ok: 'M4.5 12.5l5 5 10-11', oks: 'M2 12.8l4.2 4.4L15 7M11 16.2l1 1L21.5 7', al: 'M12 4L2.8 20h18.4zM12 10v4.5M12 17.3v.1',
  chev: 'M9 5.5l6.5 6.5L9 18.5', back: 'M15 5.5L8.5 12l6.5 6.5', bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
  flag: 'M6 21V4h11l-2 4 2 4H6',
};
export type IconName = keyof typeof PATHS;
export const iconOf = (type: string): IconName => (type.startsWith('image/') ? 'image' : /^(video|audio)\//.test(type) ? 'film' : 'file');

/** `turn` mirrors it in right-to-left languages. */
export function Icon({ name, turn }: { name: IconName; turn?: boolean }) {
  return <svg viewBox="0 0 24 24" aria-hidden="true" class={turn ? 'fl' : undefined}><path d={PATHS[name]} /></svg>;
}

const Picture = later<{ url: string }, 'Picture'>('Picture', () => import('./picture'));

type ButtonProps = Omit<JSX.IntrinsicElements['button'], 'icon'>;
export function IconButton({ icon, label, turn, class: name = 'ic', ...rest }: { icon: IconName; label: Key; turn?: boolean; class?: string } & ButtonProps) {
  const { tongue } = useScene();
  return <button type="button" class={name} aria-label={tongue.t(label)} {...rest}><Icon name={icon} turn={turn} /></button>;
}

/** A photo over the first letter, which stays where there is none. */
export function Avatar({ person, class: name = '' }: { person: Person; class?: string }) {
  const { chat } = useScene();
  const url = safeUrl(person.photo, chat.stage.origin);
  return (
    <span class={`av ${name}`} aria-hidden="true">
      <span>{[...person.name][0]?.toLocaleUpperCase()}</span>
      {url && <Picture key={url} url={url} />}
    </span>
  );
}

export function Team() {
  const { state: { session } } = useScene();
  const people = session.line.people.length ? session.line.people.slice(0, 3) : [{ name: session.site.name, photo: null }];
  return <span class="team">{people.map((person) => <Avatar key={person.name} person={person} />)}</span>;
}

export function CloseButton() {
  const { chat } = useScene();
  return <IconButton icon="x" label="close" onClick={() => chat.setOpen(false)} />;
}

export function Header({ start, name, line, children }: { start: ComponentChildren; name: string; line: string; children?: ComponentChildren }) {
  return (
    <header>
      {start}
      <div><b id="ttl"><bdi>{name}</bdi></b><p role="status">{line}</p></div>
      {children}
      <CloseButton />
    </header>
  );
}

export function Greeting({ face, title, children }: { face: ComponentChildren; title: string; children: ComponentChildren }) {
  return (
    <header class="hi">
      <CloseButton />
      {face}
      <h2 id="ttl" tabIndex={-1}>{title}</h2>
      <p>{children}</p>
    </header>
  );
}

export function Row({ icon, title, below, ...rest }: { icon: IconName; title: string; below?: string } & ButtonProps) {
  return (
    <button type="button" class="row" {...rest}>
      <i><Icon name={icon} /></i>
      <span><b>{title}</b>{below && <span class="mu">{below}</span>}</span>
      <Icon name="chev" turn />
    </button>
  );
}

export function Fault({ id, text }: { id: string; text: string }) {
  return <p class="er" id={id}><Icon name="al" /><span>{text}</span></p>;
}

export type Later<P> = ComponentType<P> & { fetch(): Promise<void> };

/** A component that is fetched, with its style sheet, when it is first shown. */
export function later<P extends object, N extends string>(name: N, source: () => Promise<{ [K in N]: ComponentType<P> } & { css?: string }>): Later<P> {
  let found: ComponentType<P> | null = null;
  const fetch = async (): Promise<void> => {
    const module = await source();
    if (module.css) adopt(module.css);
    found = module[name];
  };
  const Later = (props: P) => {
    const [, redraw] = useState(0);
    useEffect(() => {
      if (!found) void fetch().then(() => redraw(1), () => {});
    }, []);
    const Found = found;
    return Found ? <Found {...props} /> : null;
  };
  return Object.assign(Later, { fetch });
}
