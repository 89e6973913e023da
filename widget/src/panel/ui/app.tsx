/** The panel as a dialog: which screen, where the focus goes, Esc, the trap and the scroll lock of the full screen. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { hasSaid } from '../dialogue';
import { honestLine, peopleLine } from '../promise';
import { Composer } from './composer';
import { FULL, useLasting, useMedia, useScene } from './context';
import { Log } from './log';
import { Avatar, Greeting, Header, Icon, IconButton, later, Team } from './parts';

const Callback = later('Callback', () => import('./callback'));
const Rating = later('Rating', () => import('./rating'));
const Ended = later('Ended', () => import('./rating'));
const Peek = later('Peek', () => import('./peek'));
const Menu = later('Menu', () => import('./menu'));
export const Form = later<{ kind: 'prechat' | 'offline' }, 'Form'>('Form', () => import('./form'));

function LostStrip() {
  const { chat, state: { link }, tongue: { t } } = useScene();
  const lost = useLasting(link.state === 'lost', 2000);
  const [, tick] = useState(0);
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(() => tick(Date.now()), 500);
    return () => clearInterval(timer);
  }, [lost]);
  if (!lost && link.state !== 'refused') return null;
  const left = link.retryAt && Math.max(0, Math.ceil((link.retryAt - Date.now()) / 1000));
  return (
    <div class="strip">
      <Icon name="al" />
      <p><b role="alert">{t('lost')}</b><span aria-hidden="true">{link.state === 'lost' && (left ? t('lostIn', { n: left }) : t('lostNow'))}</span></p>
      <button type="button" class="lnk" onClick={() => chat.connection.retryNow()}>{t('now')}</button>
    </div>
  );
}

function ChatHeader() {
  const { chat, state, tongue } = useScene();
  const { conversation: { operator, state: at }, session, menu, link } = state;
  const who = at === 'active' ? operator : null;
  return (
    <Header start={who ? <Avatar class={link.state === 'online' ? 'on' : ''} person={who} /> : <Team />} name={who?.name ?? session.site.name} line={honestLine(state, tongue)}>
      <IconButton icon="dots" label="more" aria-haspopup="menu" aria-expanded={menu} onClick={() => chat.store.set({ menu: !menu })} />
    </Header>
  );
}

function Conversation() {
  const { chat, state, tongue } = useScene();
  const picker = useRef<HTMLInputElement>(null);
  const { line, site, limits } = state.session;
  const fresh = !hasSaid(state) && !state.uploads.length && !state.refusals.length && line.open;
  return (
    <>
      {fresh ? <Greeting face={<Team />} title={site.greeting ?? tongue.t('hello')}>{peopleLine(line, tongue)}</Greeting> : <ChatHeader />}
      {state.menu && <Menu />}
      <LostStrip />
      {!fresh && <Log choose={() => picker.current?.click()} />}
      <Composer picker={picker} />
      <input
        type="file" hidden multiple ref={picker} accept={limits.types.join(',')} tabIndex={-1}
        onChange={({ currentTarget }) => { chat.attach([...(currentTarget.files ?? [])]); currentTarget.value = ''; }}
      />
    </>
  );
}

function Screen() {
  const { state, tongue } = useScene();
  const { view, session } = state;
  if (view === 'callback') return <Callback />;
  if (view === 'rating') return <Rating />;
  if (view === 'ended') return <Ended />;
  if (view === 'chat') return <Conversation />;
  return (
    <>
      {view === 'prechat'
        ? <Greeting face={<Team />} title={session.site.greeting ?? tongue.t('hello')}>{peopleLine(session.line, tongue)}</Greeting>
        : <Header start={<Team />} name={session.site.name} line={honestLine(state, tongue)} />}
      <Form kind={view} key="form" />
    </>
  );
}

const FOCUSABLE = 'button:not([disabled]),a[href],input:not([hidden]),textarea,[tabindex="0"]';

/** In the full screen Tab goes round inside. */
function trap(event: KeyboardEvent, panel: HTMLElement): void {
  const all = [...panel.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => element.offsetParent);
  const [first, last] = [all[0], all.at(-1)];
  const now = (panel.getRootNode() as ShadowRoot).activeElement;
  if (event.shiftKey ? now === first || now === panel : now === last) {
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }
}

function useFullScreen(full: boolean): void {
  const { chat } = useScene();
  useEffect(() => {
    if (!full) return;
    const { style } = document.documentElement;
    const before = style.overflow;
    style.overflow = 'hidden';
    const view = window.visualViewport;
    const fit = (): void => chat.stage.frame.style.setProperty('--vh', `${view?.height ?? innerHeight}px`);
    fit();
    view?.addEventListener('resize', fit);
    // The back gesture of phones; the page's own history is never touched.
    const Watcher = (window as unknown as { CloseWatcher?: new () => { onclose: unknown; destroy(): void } }).CloseWatcher;
    const watcher = Watcher && new Watcher();
    if (watcher) watcher.onclose = () => chat.setOpen(false);
    return () => {
      style.overflow = before;
      view?.removeEventListener('resize', fit);
      chat.stage.frame.style.removeProperty('--vh');
      watcher?.destroy();
    };
  }, [full]);
}

function Panel() {
  const { chat, state, tongue } = useScene();
  const { view, session, conversation } = state;
  const panel = useRef<HTMLElement>(null);
  const full = useMedia(FULL);
  const [over, setOver] = useState(false);
  useFullScreen(full);

  useLayoutEffect(() => {
    if (chat.quiet) return void (chat.quiet = false);
    const place = (): void => {
      const inputs = [...(panel.current?.querySelectorAll<HTMLInputElement>('[data-first],.in,.rt input') ?? [])];
      const wanted = view === 'rating' ? inputs[0] : inputs.find((input) => !input.value);
      (full ? panel.current : (wanted ?? inputs[0] ?? panel.current))?.focus({ preventScroll: true });
    };
    place();
    const timer = setTimeout(place, 60); // later chunks and layout
    return () => clearTimeout(timer);
  }, [view]);

  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation(); // the page's own shortcuts are not meant
    if (event.key === 'Escape') chat.setOpen(false);
    else if (event.key === 'Tab' && full && panel.current) trap(event, panel.current);
  };
  const onDrag = (event: DragEvent): void => {
    if (view !== 'chat' || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    setOver(event.type === 'dragover');
    if (event.type === 'drop') chat.attach(event.dataTransfer.files);
  };
  const tall = view === 'chat' && (conversation.state === 'active' || state.messages.length > 4);
  return (
    <section
      class={`panel${tall ? ' tall' : ''}`} ref={panel} role="dialog" aria-label={tongue.t('dlg', { name: session.site.name })} aria-modal={full} tabIndex={-1}
      onKeyDown={onKeyDown} onDragOver={onDrag} onDragLeave={onDrag} onDrop={onDrag}
    >
      <Screen />
      {over && <div class="drop">{tongue.t('drop')}</div>}
    </section>
  );
}

export function App() {
  const { state } = useScene();
  return state.open ? <Panel /> : state.preview && <Peek />;
}
