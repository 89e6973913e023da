/** The socket: retries with a countdown, refusals, drains. The library is replaced by a puppet. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backoff, type ConnectionOptions, createConnection } from '../src/panel/connection';
import type { Link } from '../src/panel/state';

type Listener = (...args: unknown[]) => void;
class Puppet {
  listeners = new Map<string, Listener>(); any?: Listener; connected = false; gone = false;
  on(name: string, listener: Listener): void { this.listeners.set(name, listener); }
  onAny(listener: Listener): void { this.any = listener; }
  off(): void { this.listeners.clear(); }
  disconnect(): void { this.connected = false; this.gone = true; }
  fire(name: string, ...args: unknown[]): void {
    if (name === 'connect') this.connected = true;
    this.listeners.get(name)?.(...args);
  }
  timeout() { return { emitWithAck: async () => { throw new Error('no answer'); } }; }
}
let puppets: Puppet[];
let links: Link[];

function setup(more: Partial<ConnectionOptions> = {}) {
  const connection = createConnection({
    url: 'https://gateway.example', path: '/socket.io/', auth: () => ({ token: 'v1.t', page: { url: '', title: '', referrer: '' } }), renew: async () => {},
    onLink: (link) => links.push(link), onConnect: () => {}, onEvent: () => {},
    open: (() => puppets[puppets.push(new Puppet()) - 1]) as unknown as ConnectionOptions['open'], ...more,
  });
  connection.start();
  return connection;
}
const last = (): Puppet => puppets.at(-1) as Puppet;

beforeEach(() => {
  [puppets, links] = [[], []];
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test('the pause doubles up to half a minute and is never the same for all', () => {
  expect([0, 1, 2, 9].map((attempt) => backoff(attempt, 1))).toEqual([1000, 2000, 4000, 30_000]);
  expect(backoff(9, 0)).toBe(15_000);
});

test('a lost line says when it tries again, and does', () => {
  setup();
  last().fire('connect');
  last().fire('disconnect');
  const { state, retryAt } = links.at(-1) as Link;
  expect(state).toBe('lost');
  vi.advanceTimersByTime((retryAt ?? 0) - Date.now());
  expect(puppets.length).toBe(2);
});

test('"try now" does not wait', () => {
  const connection = setup();
  last().fire('connect_error', new Error('down'));
  connection.retryNow();
  expect(puppets.length).toBe(2);
});

test('a lapsed token is renewed once, not in a circle', async () => {
  const renew = vi.fn(async () => {});
  setup({ renew });
  const lapsed = Object.assign(new Error('token_expired'), { data: { code: 'token_expired' } });
  last().fire('connect_error', lapsed);
  await vi.advanceTimersByTimeAsync(0);
  expect(puppets.length).toBe(2);
  last().fire('connect_error', lapsed);
  await vi.advanceTimersByTimeAsync(0);
  expect(renew).toHaveBeenCalledOnce();
  expect(links.at(-1)?.state).toBe('lost');
});

test('a foreign origin is not tried again', () => {
  setup();
  last().fire('connect_error', Object.assign(new Error(), { data: { code: 'origin_refused' } }));
  vi.advanceTimersByTime(120_000);
  expect(puppets.length).toBe(1);
  expect(links.at(-1)?.state).toBe('refused');
});

test('too many: it comes back exactly when it may', () => {
  setup();
  last().fire('connect_error', Object.assign(new Error(), { data: { code: 'too_many', retry_after: 40 } }));
  vi.advanceTimersByTime(39_999);
  expect(puppets.length).toBe(1);
  vi.advanceTimersByTime(1);
  expect(puppets.length).toBe(2);
});

test('a draining gateway is left within the time it named', () => {
  setup();
  last().fire('connect');
  last().fire('drain', { within: 6 });
  vi.advanceTimersByTime(6000);
  expect(puppets.length).toBe(2);
  expect(puppets[0]?.gone).toBe(true);
});

test('no answer in time counts as a lost line', async () => {
  const connection = setup();
  last().fire('connect');
  await expect(connection.request('sync', { after: 0 })).rejects.toThrow();
  expect(links.at(-1)?.state).toBe('lost');
});
