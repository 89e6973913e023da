/** The loader: the page's commands in order, one session, one panel, and a launcher that promises only what is known. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Config } from '../src/loader/config';
import { off, on } from '../src/loader/events';
import { type LauncherState, sentence } from '../src/loader/launcher';
import { start } from '../src/loader/start';
import { chooseLocale } from '../src/shared/locale';
import { session, settle } from './cast';

vi.stubGlobal('__PANEL__', '/widget/v1/panel.js');
vi.stubGlobal('__COLOURS__', '/widget/v1/colours.js');
vi.stubGlobal('__WORDS__', { en: 'en.1', ru: 'ru.1', es: 'es.1', fa: 'fa.1' });

const WORDS: LauncherState['words'] = ['Chat', 'Answer in {n}', 'Leave', 'Closed until {n}', 'Failed'];
const CONFIG: Config = { base: 'https://gateway.example', key: 'demo' };
const ask = vi.fn();

function setup(config = CONFIG) {
  const handle = { command: vi.fn() };
  const mount = vi.fn(async () => handle);
  const module = vi.fn(async (url: string) => (url.includes('/lang-') ? { default: WORDS } : { mount }));
  return { ...start(config, module), handle, mount, module };
}
/** The launchers of earlier tests come back by themselves, as they should; only the newest counts. */
let newest: ShadowRoot;
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (init) {
  newest = attach.call(this, init);
  return newest;
};
const launcher = (): HTMLElement | null => newest.querySelector('.w');

beforeEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
  ask.mockReset().mockImplementation(async () => new Response(JSON.stringify(session())));
  vi.stubGlobal('fetch', ask);
  CSS.supports = () => true;
});

afterEach(() => void vi.restoreAllMocks());

test('commands that came early reach the panel in their order, once it is wanted', async () => {
  const { run, begin, handle, module } = setup();
  void begin();
  run(['identify', { name: 'Ann' }]);
  run(['prefill', 'Hello']);
  await settle();
  expect(module).not.toHaveBeenCalledWith('https://gateway.example/widget/v1/panel.js');
  run(['toggle']);
  await vi.waitFor(() => expect(handle.command.mock.calls).toEqual([['identify', { name: 'Ann' }], ['prefill', 'Hello'], ['open']]));
});

test('a page that is only read asks for one session, stores nothing and fetches no panel', async () => {
  const { begin, mount } = setup();
  await begin();
  expect(ask).toHaveBeenCalledOnce();
  expect(localStorage.length).toBe(0);
  expect(mount).not.toHaveBeenCalled();
  expect(launcher()?.hidden).toBe(false);
});

test('the token that is kept goes along with the question', async () => {
  localStorage.setItem('gateway:demo', '{"token":"v1.kept"}');
  await setup().begin();
  expect(JSON.parse(ask.mock.lastCall?.[1].body)).toMatchObject({ key: 'demo', token: 'v1.kept', page: { url: location.href } });
});

test.each([['an unread answer', session({ unread: 1 }), '{}'], ['a running conversation', session(), '{"live":true}'], ['a waiting message', session(), '{"queue":[{}]}']])('%s fetches the panel without a click', async (_, answer, kept) => {
  localStorage.setItem('gateway:demo', kept);
  ask.mockImplementation(async () => new Response(JSON.stringify(answer)));
  const { begin, mount } = setup();
  await begin();
  await vi.waitFor(() => expect(mount).toHaveBeenCalledOnce());
});

test('a refused site gets no launcher, and is told', async () => {
  ask.mockImplementation(async () => new Response('{}', { status: 403 }));
  const told = vi.fn();
  on('error', told);
  await setup().begin();
  off('error', told);
  expect(launcher()?.hidden).toBe(true);
  expect(told.mock.calls).toEqual([[403]]);
  expect(ask).toHaveBeenCalledOnce();
});

test('a gateway that restarts is asked again, ever more slowly, and what was wished meanwhile is done then', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  ask.mockRejectedValueOnce(new TypeError('Failed to fetch')).mockImplementationOnce(async () => new Response('', { status: 502 }));
  const { run, begin, handle } = setup();
  const done = begin();
  run(['open']);
  for (const [pause, asked] of [[1500, 2], [3000, 3]] as const) {
    await vi.advanceTimersByTimeAsync(pause - 1);
    expect(ask).toHaveBeenCalledTimes(asked - 1);
    expect(launcher()?.hidden).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(ask).toHaveBeenCalledTimes(asked);
  }
  vi.useRealTimers();
  await done;
  expect(launcher()?.hidden).toBe(false);
  await vi.waitFor(() => expect(handle.command.mock.calls).toEqual([['open']]));
});

test('the pauses grow up to half a minute and a little', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  vi.spyOn(Math, 'random').mockReturnValue(0);
  ask.mockRejectedValue(new TypeError('Failed to fetch'));
  const wait = vi.spyOn(globalThis, 'setTimeout');
  void setup().begin();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(wait.mock.calls.map(([, pause]) => pause)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  vi.clearAllTimers();
  vi.useRealTimers();
});

test('a panel that cannot be fetched is said on the launcher, and the next click tries again', async () => {
  const { run, begin, module, mount, handle } = setup();
  await begin();
  module.mockRejectedValueOnce(new Error('blocked'));
  run(['open']);
  await vi.waitFor(() => expect(launcher()?.querySelector('small')?.textContent).toBe('Failed'));
  run(['open']);
  await vi.waitFor(() => expect(handle.command).toHaveBeenCalled());
  expect(mount).toHaveBeenCalledOnce();
});

test('callbacks are told once, and no more after off', () => {
  const heard = vi.fn();
  on('unread', heard);
  on('unread', heard);
  dispatchEvent(new CustomEvent('gateway:unread', { detail: 2 }));
  off('unread', heard);
  dispatchEvent(new CustomEvent('gateway:unread', { detail: 3 }));
  expect(heard.mock.calls).toEqual([[2]]);
});

test.each(['constructor', '__proto__', 'toString', 'nonsense'])('the command %s does nothing', (name) => {
  const { run } = setup();
  expect(() => run([name, { bad: 1 }])).not.toThrow();
  expect(({} as Record<string, unknown>).bad).toBeUndefined();
});

test('hide keeps the launcher away, show brings it back', async () => {
  const { run, begin } = setup();
  run(['hide']);
  await begin();
  expect(launcher()?.hidden).toBe(true);
  run(['show']);
  expect(launcher()?.hidden).toBe(false);
});

test('the launcher comes back when a framework replaces the body', async () => {
  await setup().begin();
  expect(newest.isConnected).toBe(true);
  document.body.replaceWith(document.createElement('body'));
  expect(newest.isConnected).toBe(false);
  await vi.waitFor(() => expect(newest.isConnected).toBe(true));
});

const LINE = session().line;
test.each([
  ['open, with a promise', LINE, {}, ['Chat', 'Answer in 2']],
  ['open, nothing known', { ...LINE, answer_minutes: null }, {}, ['Chat', '']],
  ['closed, no hours', { ...LINE, open: false }, {}, ['Leave', '']],
  ['news', LINE, { news: '2 new messages' }, ['Chat', '2 new messages']],
  ['failed', LINE, { failed: true, news: 'x' }, ['Chat', 'Failed']],
] as const)('the sentence when %s', (_, line, more, expected) => {
  expect(sentence('en', { words: WORDS, session: session({ line: line as typeof LINE }), ...more })).toEqual(expected);
});

test('the language is the asked one, else the page, the browser, the site, English; only offered ones', () => {
  expect(chooseLocale(['fa', 'ru'])).toBe('fa');
  expect(chooseLocale([null, 'ru-RU', 'es'])).toBe('ru');
  expect(chooseLocale([undefined, '', 'de', 'es-MX'])).toBe('es');
  expect(chooseLocale(['fa', 'ru'], ['ru', 'en'])).toBe('ru');
  expect(chooseLocale(['de'])).toBe('en');
});
