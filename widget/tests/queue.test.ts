/** What is written while disconnected: kept, sent once each, in order. */
import { expect, test } from 'vitest';
import { createQueue, type Queue } from '../src/panel/queue';
import type { Memory, Pending } from '../src/shared/memory';
import type { Ack, Outgoing } from '../src/wire';
import { fakeStorage, openMemory } from './cast';

type Answer = Ack<{ seq: number; id: string; at: string }>;
const item = (client_id: string): Pending => ({ client_id, text: client_id, files: [], at: '2026-01-05T09:00:00Z' });
const stored = (seq: number): Answer => ({ ok: true, seq, id: `msg_${seq}`, at: '2026-01-05T09:00:00Z' });

function queueWith(memory: Memory, later?: (run: () => void, seconds: number) => void): { queue: Queue; confirmed: string[] } {
  const confirmed: string[] = [];
  return { queue: createQueue({ memory, changed: () => {}, confirmed: ({ item: { client_id } }) => confirmed.push(client_id), later }), confirmed };
}

test('messages go one after the other in the order of writing', async () => {
  const { queue, confirmed } = queueWith(openMemory());
  const going: string[] = [];
  let open = 0;
  for (const id of ['a', 'b', 'c']) queue.add(item(id));
  await queue.flush(async ({ client_id }: Outgoing) => {
    expect(++open).toBe(1);
    await Promise.resolve();
    open--;
    going.push(client_id);
    return stored(going.length);
  });
  expect(going).toEqual(['a', 'b', 'c']);
  expect(confirmed).toEqual(['a', 'b', 'c']);
  expect(queue.items()).toEqual([]);
});

test('a broken connection keeps the message, and it goes again under the same id', async () => {
  const { queue } = queueWith(openMemory());
  const tries: string[] = [];
  queue.add(item('a'));
  queue.add(item('b'));
  await queue.flush(async ({ client_id }) => { tries.push(client_id); throw new Error('lost'); });
  await queue.flush(async ({ client_id }) => { tries.push(client_id); return stored(tries.length); });
  expect(tries).toEqual(['a', 'a', 'b']);
});

test('the next page finds what the last one could not send', () => {
  const storage = fakeStorage();
  queueWith(openMemory(storage)).queue.add(item('a'));
  expect(queueWith(openMemory(storage)).queue.items()).toEqual([item('a')]);
});

test('a refused message is marked with the reason and does not block the next', async () => {
  const { queue, confirmed } = queueWith(openMemory());
  queue.add(item('a'));
  queue.add(item('b'));
  await queue.flush(async ({ client_id }) => (client_id === 'a' ? { ok: false, code: 'too_long', title: 'Too long' } : stored(1)));
  expect(confirmed).toEqual(['b']);
  expect(queue.items()).toEqual([{ ...item('a'), refused: 'Too long' }]);
});

test('a gateway that asks for patience is asked again after exactly that time', async () => {
  const waits: [() => void, number][] = [];
  const { queue, confirmed } = queueWith(openMemory(), (run, seconds) => waits.push([run, seconds]));
  queue.add(item('a'));
  let busy = true;
  const send = async (): Promise<Answer> => (busy ? { ok: false, code: 'too_many', title: 'Slow down', retry_after: 7 } : stored(1));
  await queue.flush(send);
  expect(waits.map(([, seconds]) => seconds)).toEqual([7]);
  busy = false;
  waits[0]?.[0]();
  await queue.flush(send);
  expect(confirmed).toEqual(['a']);
});

test('foreign rubbish under the key is not sent', () => {
  const storage = fakeStorage();
  storage.setItem('gateway:demo', JSON.stringify({ queue: [{ text: 1 }, null, item('a')] }));
  expect(queueWith(openMemory(storage)).queue.items()).toEqual([item('a')]);
});
