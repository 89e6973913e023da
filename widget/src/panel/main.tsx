/** The panel's only door: the loader mounts it into its frame and sends it commands. */
import { render } from 'preact';
import { createMemory } from '../shared/memory';
import type { PanelHandle, Stage } from '../shared/stage';
import { createChat } from './chat';
import { firstView } from './forms';
import css from './panel.css?inline';
import { launcherNews, titleBadge } from './title';
import { loadTongue } from './tongue';
import { App, Form } from './ui/app';
import { FULL, SceneProvider } from './ui/context';
import { adopt, sheetsInto } from './ui/sheets';

export async function mount(stage: Stage): Promise<PanelHandle> {
  const session = await stage.session();
  sheetsInto(stage.root);
  adopt(css);
  const formFirst = firstView(session, session.visitor.known || session.seq > 0) !== 'chat';
  let [tongue] = await Promise.all([loadTongue(stage.locale()), formFirst && Form.fetch()]);

  const memory = createMemory(`gateway:${stage.key}`, () => localStorage);
  if (stage.touched) memory.allow();
  for (const event of ['pointerdown', 'keydown']) stage.frame.addEventListener(event, memory.allow);
  memory.write({ token: session.token });
  const chat = createChat(stage, memory, session);
  const badge = titleBadge();
  const launcher = launcherNews(stage);
  let wasOpen = false;
  let due = false;
  const draw = (): void => {
    due = false;
    const { state } = chat.store;
    render(<SceneProvider value={{ chat, state, tongue }}><App /></SceneProvider>, stage.slot);
    badge(state.unread);
    launcher(state, tongue);
    if (wasOpen && !state.open && !chat.quiet) stage.button.focus();
    wasOpen = state.open;
  };
  chat.store.subscribe(() => {
    if (!due) queueMicrotask(draw);
    due = true;
  });

  const speak = async (): Promise<void> => {
    tongue = await loadTongue(stage.locale());
    chat.setLocale(tongue.locale);
    draw();
  };
  const commands = new Map<string, (argument: unknown) => void>([
    ['open', () => chat.setOpen(true)],
    ['close', () => chat.setOpen(false)],
    ['hide', () => chat.setOpen(false)],
    ['toggle', () => chat.setOpen(!chat.store.state.open)],
    ['identify', chat.identify],
    ['setAttributes', chat.setAttributes],
    ['prefill', (text) => chat.draft(String(text ?? ''))],
    ['setLocale', () => void speak()],
    ['reset', () => void chat.reset().catch((error) => stage.emit('error', error))],
  ]);

  const kept = memory.read();
  if (kept.token && (kept.live || kept.queue?.length || session.unread)) chat.listen();
  if (kept.open && !matchMedia(FULL).matches) {
    chat.quiet = true; // the panel was open on the page before: it comes back, but takes no focus
    chat.setOpen(true);
  }
  (window as unknown as { navigation?: EventTarget }).navigation?.addEventListener('navigatesuccess', chat.setPage);
  draw();
  return { command: (name, argument) => commands.get(name)?.(argument) };
}
