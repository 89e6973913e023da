/** The launcher: a real button with a sentence that promises only what is known, and the frame that holds everything. */
import { directionOf, type Locale } from '../shared/locale';
import type { Session } from '../wire';
import type { Config } from './config';
import css from './launcher.css?inline';

declare const __COLOURS__: string;

/** The first words of a catalogue, in this order: open, promise, closed, until when, failed. */
export type LauncherWords = [string, string, string, string, string];

export interface LauncherState {
  session?: Session;
  words?: LauncherWords;
  failed?: boolean;
  /** Said by the panel instead of the promise: how many messages are new. */
  news?: string;
}

/** The two lines of the button. */
export function sentence(locale: Locale, { session, news, failed, words }: LauncherState): [string, string] {
  if (!session || !words) return ['', ''];
  const [open, promise, leave, until, lost] = words;
  const { line: { open: here, answer_minutes: minutes, opens_at: at }, site } = session;
  const known = here
    ? minutes && promise.replace('{n}', Math.ceil((minutes[0] + minutes[1]) / 2).toLocaleString(locale))
    : at && until.replace('{n}', new Date(at).toLocaleString(locale, { weekday: 'long', hour: '2-digit', minute: '2-digit' }));
  return [here ? (site.launcher ?? open) : leave, failed ? lost : news || known || ''];
}

export function createLauncher({ base, color, position, theme }: Config) {
  const make = <T extends keyof HTMLElementTagNameMap>(tag: T, into: Node, name = ''): HTMLElementTagNameMap[T] => {
    const element = document.createElement(tag);
    element.className = name;
    into.appendChild(element);
    return element;
  };
  const host = document.createElement('gateway-chat');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const frame = make('div', root, 'w');
  const slot = make('div', frame);
  const button = make('button', frame, 'launch');
  make('i', button);
  const text = make('span', button);
  const first = make('b', text);
  const second = make('small', text);
  const night = matchMedia('(prefers-color-scheme:dark)');
  frame.hidden = true;
  frame.dataset.side = position;
  button.ariaHasPopup = 'dialog';
  button.ariaExpanded = 'false';

  function draw(locale: Locale, state: LauncherState): void {
    const dark = theme === 'dark' || (theme !== 'light' && night.matches);
    const brand = [color, state.session?.site.color].find((colour) => colour && CSS.supports('color', colour)) ?? '#0f6d52';
    const [top, below] = sentence(locale, state);
    night.onchange = () => draw(locale, state);
    frame.lang = locale;
    frame.dir = directionOf(locale);
    frame.dataset.theme = dark ? 'dark' : 'light';
    frame.style.setProperty('--b', brand);
    if (!CSS.supports('color', 'oklch(from red l c h)')) void import(/* @vite-ignore */ base + __COLOURS__).then(({ paint }) => paint(frame, brand, dark));
    first.textContent = top;
    second.textContent = below;
    button.ariaLabel = `${top}. ${below}`;
  }
  return { host, root, frame, slot, button, draw };
}
