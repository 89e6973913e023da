/**
 * The loader's life: asks the gateway once, shows the launcher, fetches the panel when it is wanted, and keeps the page's
 * commands in order until then. Contract: docs/reference/widget-protocol.md, section 1.
 */
import { chooseLocale, type Locale } from '../shared/locale';
import type { Kept } from '../shared/memory';
import type { PanelHandle, Stage } from '../shared/stage';
import type { Session } from '../wire';
import type { Config } from './config';
import { emit, off, on, type Tied } from './events';
import { createLauncher, type LauncherState } from './launcher';

declare const __PANEL__: string;
declare const __WORDS__: Record<Locale, string>;

export type Command = [name: string, ...args: unknown[]];

const fetchModule = (url: string): Promise<any> => import(/* @vite-ignore */ url);

export function start(config: Config, module = fetchModule) {
  const { base, key } = config;
  const state: LauncherState = {};
  const waiting: Command[] = [];
  let wished = config.locale;
  let panel: Promise<PanelHandle> | null = null;
  let hidden = false;

  const launcher = createLauncher(config);
  const { frame, host, button } = launcher;
  const locale = (): Locale => chooseLocale([wished, document.documentElement.lang, ...navigator.languages, state.session?.site.locale], state.session?.site.locales);
  const show = (patch: LauncherState): void => launcher.draw(locale(), Object.assign(state, patch));
  const speak = async (): Promise<void> => show({ words: (await module(`${base}/widget/v1/lang-${__WORDS__[locale()]}.js`)).default });
  const kept = (): Kept => {
    try {
      return JSON.parse(localStorage[`gateway:${key}`]) || {};
    } catch {
      return {};
    }
  };

  /** Throws the status when the gateway refuses. */
  async function fetchSession(token: unknown = kept().token): Promise<Session> {
    const { title, referrer, URL: url } = document;
    const body = JSON.stringify({ key, token, locale: locale(), page: { url, title, referrer } });
    const answer = await fetch(`${base}/api/v1/widget/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (!answer.ok) throw answer.status;
    show({ session: await answer.json() });
    return state.session as Session;
  }

  const stage: Stage = {
    ...launcher, origin: base, key, locale, fetchSession, emit, show, touched: false, session: () => state.session ?? fetchSession(),
  };

  /** Fetches the panel once, then hands over what waits, in order. A failure is said, and the next click tries again. */
  async function load(): Promise<void> {
    try {
      await ready;
      panel ??= module(base + __PANEL__).then(({ mount }) => mount(stage));
      const handle = (await panel) as PanelHandle;
      for (const command of waiting.splice(0)) handle.command(...command);
      show({ failed: false });
    } catch (error) {
      panel = null;
      show({ failed: true });
      emit('error', error);
    }
  }

  function run([name, ...args]: Command): void {
    if (name === 'on') return on(...(args as Tied));
    if (name === 'off') return off(...(args as Tied));
    if (name === 'show' || name === 'hide') frame.hidden = hidden = name === 'hide';
    if (name === 'setLocale') {
      wished = args[0] as string;
      void speak();
    }
    const wakes = /open|toggle|reset/.test(name);
    waiting.push([name === 'toggle' && !panel ? 'open' : name, ...args]);
    if (panel || wakes) void load();
  }

  /** Frameworks replace the body: come back when it happens. */
  const stay = new MutationObserver(attach);
  function attach(): void {
    const { body, documentElement } = document;
    if (!host.isConnected) body.append(host);
    for (const each of [documentElement, body]) stay.observe(each, { childList: true });
  }

  /** What the gateway refuses stays so. What did not reach it, or found it restarting, is tried again, ever more slowly. */
  async function meet(pause = 1e3): Promise<Session> {
    try {
      const session = await fetchSession();
      await speak();
      return session;
    } catch (error) {
      emit('error', error);
      if ((error as number) < 429) throw error;
      await new Promise((later) => setTimeout(later, pause * (1 + Math.random())));
      return meet(Math.min(pause * 2, 3e4));
    }
  }

  let ready: Promise<Session>;
  async function begin(): Promise<void> {
    attach();
    button.onclick = () => run(['open']);
    frame.onpointerdown = frame.onkeydown = () => { stage.touched = true; };
    addEventListener('scroll', () => { if (!state.news) frame.dataset.fold = ''; }, { once: true });
    try {
      const { unread } = await (ready = meet());
      const { live, queue, open } = kept();
      if (unread || live || open || queue?.length) void load();
      frame.hidden = hidden;
      emit('ready');
    } catch {} // told already; no launcher that leads nowhere
  }
  return { run, begin };
}
