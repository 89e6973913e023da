/** Storage: nothing before the first interaction, and never a dependency. */
import { expect, test } from 'vitest';
import { createMemory } from '../src/shared/memory';
import { fakeStorage } from './cast';

test('nothing is stored before the visitor does something, then everything is', () => {
  const storage = fakeStorage();
  const memory = createMemory('gateway:demo', () => storage);
  memory.write({ token: 'v1.first' });
  expect(storage.length).toBe(0);
  expect(memory.read().token).toBe('v1.first');
  memory.allow();
  expect(JSON.parse(storage.getItem('gateway:demo') ?? '')).toEqual({ token: 'v1.first' });
});

test('blocked storage is replaced by memory', () => {
  const memory = createMemory('gateway:demo', () => { throw new DOMException('denied', 'SecurityError'); });
  memory.allow();
  memory.write({ draft: 'half' });
  expect(memory.read().draft).toBe('half');
});

test('full storage loses nothing of this page', () => {
  const storage = { ...fakeStorage(), setItem: () => { throw new DOMException('full', 'QuotaExceededError'); } };
  const memory = createMemory('gateway:demo', () => storage);
  memory.allow();
  memory.write({ draft: 'a' });
  memory.write({ sound: true });
  expect({ ...memory.read() }).toEqual({ draft: 'a', sound: true });
});

test('a poisoned entry pollutes nothing', () => {
  const storage = fakeStorage();
  storage.setItem('gateway:demo', '{"__proto__":{"bad":1},"constructor":{"prototype":{"bad":1}},"draft":"a"}');
  const memory = createMemory('gateway:demo', () => storage);
  memory.write({ sound: true });
  expect(memory.read().draft).toBe('a');
  expect(({} as Record<string, unknown>).bad).toBeUndefined();
});
