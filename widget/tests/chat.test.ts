/** The use cases over a fake connection: catching up, unread, forms, rating, beginning anew. */
import { beforeEach, expect, test, vi } from 'vitest';
import { type Chat, createChat } from '../src/panel/chat';
import type { Connection, ConnectionOptions } from '../src/panel/connection';
import type { Memory } from '../src/shared/memory';
import type { Stage } from '../src/shared/stage';
import type { Conversation, Message, Session, Synced } from '../src/wire';
import { message, openMemory, session, settle } from './cast';

const CONVERSATION: Conversation = { state: 'active', operator: { name: 'Olga', photo: null }, queue: null, rating: null };
let answers: Map<string, (payload: never) => unknown>;
let asked: [string, unknown][];
let told: [string, unknown][];
let line: ConnectionOptions;
let emitted: string[];
let memory: Memory;

const synced = (messages: Message[], more: Partial<Synced> = {}): unknown => ({ ok: true, messages, seq: messages.at(-1)?.seq ?? 0, conversation: CONVERSATION, unread: 0, typing: null, ...more });

function setup(found: Session = session()): Chat {
  const stage = {
    origin: 'https://gateway.example', key: Math.random().toString(), emit: (name: string) => emitted.push(name), show: () => {}, slot: document.body,
    fetchSession: vi.fn(async (token?: string) => session({ token: token || 'v1.fresh' })),
  } as unknown as Stage;
  return createChat(stage, memory, found, (options): Connection => {
    line = options;
    return {
      start: () => {}, stop: () => {}, retryNow: () => {}, tell: (name, payload) => void told.push([name, payload]),
      async request(name, payload) {
        asked.push([name, payload]);
        const answer = answers.get(name);
        if (!answer) throw new Error('not connected');
        return answer(payload as never) as never;
      },
    };
  });
}
async function connect(): Promise<void> {
  line.onLink({ state: 'online', retryAt: null });
  line.onConnect();
  await settle();
}

beforeEach(() => {
  [asked, told, emitted, memory] = [[], [], [], openMemory()];
  answers = new Map([['sync', () => synced([])]]);
});

test('after a break it asks for what came after the last message in order', async () => {
  const chat = setup();
  answers.set('sync', () => synced([message(3), message(7)]));
  await connect();
  line.onEvent('message', message(9));
  line.onLink({ state: 'lost', retryAt: 0 });
  await connect();
  expect(asked.filter(([name]) => name === 'sync').map(([, payload]) => payload)).toEqual([{ after: 0 }, { after: 9 }]);
  expect(chat.store.state.messages.map(({ seq }) => seq)).toEqual([3, 7, 9]);
});

test('a message that overtakes the catching up does not hide the gap before it', async () => {
  const chat = setup();
  answers.delete('sync'); // the answer to the first question never comes
  await connect();
  line.onEvent('message', message(20));
  expect(chat.store.state.cursor).toBe(0);
  answers.set('sync', () => synced([message(13), message(20)]));
  await connect();
  expect(chat.store.state.messages.map(({ seq }) => seq)).toEqual([13, 20]);
});

test('a long absence is caught up in parts until nothing is left', async () => {
  setup();
  answers.set('sync', ({ after }: { after: number }) => synced([message(after + 1)], { more: after < 2, seq: after + 1 }));
  await connect();
  expect(asked.filter(([name]) => name === 'sync').map(([, payload]) => payload)).toEqual([{ after: 0 }, { after: 1 }, { after: 2 }]);
});

test('an answer to the closed panel counts as unread and is previewed; opening reads it', async () => {
  const chat = setup(session({ seq: 1 }));
  await connect();
  line.onEvent('message', message(2));
  line.onEvent('message', message(2));
  expect(chat.store.state).toMatchObject({ unread: 1, preview: { id: 'msg_2' } });
  chat.setOpen(true);
  expect(chat.store.state).toMatchObject({ unread: 0, preview: null });
  expect(told).toContainEqual(['read.set', { seq: 2 }]);
});

test('what is written goes out with the form, stays once, and the echo does not double it', async () => {
  const chat = setup();
  await connect();
  answers.set('message.send', ({ client_id }: { client_id: string }) => {
    line.onEvent('message', message(1, { from: 'visitor', client_id, text: 'Hello' }));
    return { ok: true, seq: 1, id: 'msg_1', at: '2026-01-05T09:00:00Z' };
  });
  chat.sendForm('prechat', 'Hello', { name: 'Ann' }, { version: '1', accepted: true });
  await settle();
  expect(asked.at(-1)?.[1]).toMatchObject({ text: 'Hello', files: [], form: { kind: 'prechat', fields: { name: 'Ann' } }, consent: { version: '1', accepted: true } });
  expect(chat.store.state).toMatchObject({ view: 'chat', pending: [], draft: '' });
  expect(chat.store.state.messages.map(({ id }) => id)).toEqual(['msg_1']);
});

test('what was written without a connection goes out in order after the next one', async () => {
  const chat = setup();
  chat.send('first');
  chat.send('second');
  await settle();
  expect(chat.store.state.pending.map(({ text }) => text)).toEqual(['first', 'second']);
  const sent: string[] = [];
  answers.set('message.send', ({ text }: { text: string }) => ({ ok: true, seq: sent.push(text), id: `msg_${sent.length}`, at: '2026-01-05T09:00:00Z' }));
  await connect();
  await settle();
  expect(sent).toEqual(['first', 'second']);
  expect(chat.store.state.pending).toEqual([]);
});

test('the schedule turns: the form of the hour changes and what was typed stays', () => {
  const chat = setup();
  chat.setOpen(true);
  chat.draft('My Kestrel clicks');
  line.onEvent('line', { ...session().line, open: false });
  expect(chat.store.state).toMatchObject({ view: 'offline', draft: 'My Kestrel clicks' });
});

test('a conversation that was answered and ends asks once for a rating', async () => {
  const chat = setup(session({ seq: 1 }));
  answers.set('sync', () => synced([message(1)]));
  await connect();
  chat.setOpen(true);
  line.onEvent('conversation', { ...CONVERSATION, state: 'closed' });
  expect(chat.store.state.view).toBe('rating');
  answers.set('conversation.rate', () => ({ ok: true }));
  await chat.rate(5, '');
  expect(chat.store.state.view).toBe('ended');
  expect(memory.read().settled).toBe(1);
  expect(emitted).toContain('conversation:closed');
});

test('a rating that does not arrive is said and can be sent again', async () => {
  const chat = setup();
  await chat.rate(4, '');
  expect(chat.store.state).toMatchObject({ trouble: '' });
  expect(chat.store.state.view).not.toBe('ended');
});

test('identify replaces the token when the gateway rotates it', async () => {
  const chat = setup();
  await connect();
  answers.set('visitor.update', () => ({ ok: true, visitor: { known: true, name: 'Ann', email: null, phone: null }, token: 'v1.rotated' }));
  chat.identify({ name: 'Ann', token: 'signed' });
  await settle();
  expect(asked.at(-1)).toEqual(['visitor.update', { name: 'Ann', identity_token: 'signed' }]);
  expect(line.auth().token).toBe('v1.rotated');
});

test('who signs in sees their own dialogue from its beginning and nothing of the one before', async () => {
  const chat = setup();
  answers.set('sync', () => synced([message(7)], { dialogue: 'dlg_before' }));
  await connect();
  answers.set('visitor.update', () => ({ ok: true, visitor: { known: true, name: 'Ann', email: null, phone: null }, token: 'v1.rotated', dialogue: 'dlg_own' }));
  answers.set('sync', (({ after }: { after: number }) => synced([message(2), message(3)].filter(({ seq }) => seq > after), { dialogue: 'dlg_own' })) as never);
  chat.identify({ token: 'signed' });
  await settle();
  expect(chat.store.state.messages.map(({ seq }) => seq)).toEqual([2, 3]);
  expect(chat.store.state.cursor).toBe(3);
});

test('reset forgets everything and becomes a new visitor', async () => {
  const chat = setup(session({ seq: 4 }));
  await connect();
  chat.draft('secret');
  await chat.reset();
  expect(chat.store.state).toMatchObject({ draft: '', messages: [], cursor: 0, open: false });
  expect({ ...memory.read() }).toEqual({ token: 'v1.fresh' });
});

test('typing is told once for a while, and again with the first letter of the next message', async () => {
  const chat = setup();
  await connect();
  chat.typing();
  chat.typing();
  expect(told.filter(([name]) => name === 'typing.set')).toHaveLength(1);
  chat.send('Hello');
  chat.typing();
  expect(told.filter(([name]) => name === 'typing.set')).toHaveLength(2);
});
