/** Ann writes, Olga answers: the people and things of the tests. */
import type { Memory } from '../src/shared/memory';
import { createMemory } from '../src/shared/memory';
import type { Message, Session } from '../src/wire';

export const message = (seq: number, more: Partial<Message> = {}): Message => ({
  id: `msg_${seq}`, seq, from: 'operator', client_id: null, name: 'Olga', photo: null, text: `text ${seq}`, files: [], at: '2026-01-05T09:00:00Z',
  edited: false, deleted: false, state: 'sent', ...more,
});

export const session = (more: Partial<Session> = {}): Session => ({
  token: 'v1.first', visitor: { known: false, name: null, email: null, phone: null },
  site: { name: 'Larka Cycles', color: '#0f6d52', locale: 'en', locales: ['en', 'ru', 'es', 'fa'], launcher: null, greeting: null },
  line: { open: true, opens_at: null, answer_minutes: [1, 3], people: [{ name: 'Olga', photo: null }] },
  forms: { prechat: { fields: [{ name: 'name', required: true }] }, offline: { fields: [{ name: 'email', required: true }] } },
  limits: { file_bytes: 1000, text: 100, types: ['image/*', 'application/pdf'] }, unread: 0, seq: 0, socket: '/socket.io/', ...more,
});

export function fakeStorage(): Storage {
  const items = new Map<string, string>();
  return {
    get length() { return items.size; },
    clear: () => items.clear(), key: (at) => [...items.keys()][at] ?? null,
    getItem: (name) => items.get(name) ?? null, removeItem: (name) => void items.delete(name), setItem: (name, value) => void items.set(name, value),
  };
}

export function openMemory(storage = fakeStorage()): Memory {
  const memory = createMemory('gateway:demo', () => storage);
  memory.allow();
  return memory;
}

/** Lets everything that is already promised happen. */
export const settle = async (): Promise<void> => { for (let turn = 0; turn < 20; turn++) await Promise.resolve(); };
