/** Order, doubles, groups, links. */
import { expect, test } from 'vitest';
import { group, linkify, merge, safeUrl, withoutStored } from '../src/panel/log';
import { transcript } from '../src/panel/transcript';
import { message } from './cast';

test('a message that comes twice is shown once, the newer news win', () => {
  const first = message(1, { text: 'Helo' });
  const merged = merge([first], [message(2), { ...first, text: 'Hello', edited: true }]);
  expect(merged.map(({ seq, text }) => [seq, text])).toEqual([[1, 'Hello'], [2, 'text 2']]);
});

test('messages that come out of order stand in the order of seq', () => {
  expect(merge([message(5)], [message(9), message(3)]).map(({ seq }) => seq)).toEqual([3, 5, 9]);
});

test('what the gateway has stored leaves the queue by its client id', () => {
  const queue = [{ client_id: 'a' }, { client_id: 'b' }];
  expect(withoutStored(queue, [message(1, { from: 'visitor', client_id: 'a' })])).toEqual([{ client_id: 'b' }]);
});

test('bubbles of one voice stand together until five minutes pass or the day turns', () => {
  const groups = group([
    message(1, { at: '2026-01-05T09:00:00Z' }), message(2, { at: '2026-01-05T09:04:00Z' }), message(3, { at: '2026-01-05T09:20:00Z' }),
    message(4, { at: '2026-01-06T12:00:00Z' }), message(5, { at: '2026-01-06T12:01:00Z', from: 'visitor', name: 'Ann' }),
  ]);
  expect(groups.map(({ messages }) => messages.map(({ seq }) => seq))).toEqual([[1, 2], [3], [4], [5]]);
  expect(groups.map(({ newDay }) => newDay)).toEqual([true, false, true, false]);
});

test('only web addresses become links, without the full stop behind them', () => {
  expect(linkify('See https://larka.example/hours. Or javascript:alert(1)')).toEqual([
    { text: 'See ' }, { text: 'https://larka.example/hours', href: 'https://larka.example/hours' }, { text: '. Or javascript:alert(1)' },
  ]);
});

test.each([['javascript:alert(1)', null], ['data:text/html,x', null], [null, null], ['/a?t=1', 'https://gateway.example/a?t=1']])('the address %s of a file becomes %s', (url, safe) => {
  expect(safeUrl(url, 'https://gateway.example')).toBe(safe);
});

test('the transcript names who said what and leaves deleted messages out', () => {
  const text = transcript([message(1, { text: 'Hello' }), message(2, { deleted: true }), message(3, { from: 'visitor', text: 'Hi' })], 'You', () => '09:00');
  expect(text).toBe('09:00  Olga\nHello\n\n09:00  You\nHi\n');
});
