/** What is asked, what is good enough, and which screen comes first. */
import { describe, expect, test } from 'vitest';
import { callSlots, check, fieldsToAsk, firstView, given, isMail, isPhone, tidyPhone } from '../src/panel/forms';
import { session } from './cast';

const FIELDS = [{ name: 'name', required: true }, { name: 'email', required: false }, { name: 'phone', required: false }];
const CONSENT = { version: '1', text: null, url: null };

test('what is known is not asked again', () => {
  expect(fieldsToAsk({ fields: FIELDS }, { known: true, name: 'Ann', email: null, phone: null }).map(({ name }) => name)).toEqual(['email', 'phone']);
});

test('every trouble stands at its own field', () => {
  const troubles = check(FIELDS, new Map([['email', 'ann@exa'], ['phone', 'call me']]), ' ', CONSENT, false);
  expect(Object.fromEntries(troubles)).toEqual({ name: 'eReq', email: 'eEmail', phone: 'ePhone', text: 'eReq', consent: 'eConsent' });
});

test('an answered form has no trouble and sends what was given, tidied', () => {
  const answers = new Map([['name', ' Ann '], ['email', ''], ['phone', '۰۰۴۴ ۷۷۰۰ ۹۰۰۱۴۲'], ['other', 'not asked']]);
  expect(check(FIELDS, answers, 'Hello', CONSENT, true).size).toBe(0);
  expect({ ...given(FIELDS, answers) }).toEqual({ name: 'Ann', phone: '+447700900142' });
});

test.each([['ann@example.org', true], ['ann@exa', false], ['@example.org', false], ['a b@example.org', false]])('%s as a mail address: %s', (text, good) => expect(isMail(text)).toBe(good));
test.each([['+44 7700 900142', true], ['(0117) 496-0142', true], ['12', false], ['', false]])('%s as a phone number: %s', (text, good) => expect(isPhone(text)).toBe(good));
test('Arabic digits become Latin ones', () => expect(tidyPhone('٠١١٧')).toBe('0117'));

describe('the first screen', () => {
  const closed = { ...session().line, open: false };
  const visitor = { known: true, name: 'Ann', email: 'ann@example.org', phone: null };
  test('is the form for a newcomer', () => expect(firstView(session(), false)).toBe('prechat'));
  test('is the chat for who has said something', () => expect(firstView(session({ line: closed }), true)).toBe('chat'));
  test('is the offline form when the line is closed', () => expect(firstView(session({ line: closed }), false)).toBe('offline'));
  test('is the chat when nothing need be asked', () => expect(firstView(session({ forms: { prechat: null, offline: null } }), false)).toBe('chat'));
  test('is the chat in closed hours for who can be reached', () => expect(firstView(session({ line: closed, visitor }), false)).toBe('chat'));
});

test('calls are offered only in opening hours, half an hour ahead, at most so many a day', () => {
  const now = new Date(2026, 0, 5, 16, 10);
  const iso = (day: number, hour: number): string => new Date(2026, 0, day, hour).toISOString();
  const [today, tomorrow] = callSlots([[iso(5, 9), iso(5, 18)], [iso(6, 9), iso(6, 18)], [iso(7, 9), iso(7, 18)]], now, 4);
  expect(today?.map((at) => `${at.getHours()}:${at.getMinutes()}`)).toEqual(['17:0', '17:30']);
  expect(tomorrow?.map((at) => at.getHours())).toEqual([9, 12, 14, 17]);
});
