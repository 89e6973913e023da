/** Nothing that a page hands over can reach a prototype (class 33). */
import { expect, test } from 'vitest';
import { attributeFacts, identityFacts, toPayload } from '../src/panel/identity';

const POISON = JSON.parse('{"__proto__":{"bad":1},"constructor":{"prototype":{"bad":1}},"prototype":{"bad":1},"name":"Ann","plan":"gold","n":3,"deep":{"a":1}}') as unknown;
const clean = (): void => expect(({} as Record<string, unknown>).bad).toBeUndefined();

test('identify takes known fields as texts and nothing else', () => {
  expect([...identityFacts(POISON)]).toEqual([['name', 'Ann']]);
  expect({ ...toPayload(identityFacts({ token: 'signed', external_id: '42', admin: 'yes', email: 7 })) }).toEqual({ identity_token: 'signed', external_id: '42' });
  clean();
});

test('attributes are flat and never named like a prototype', () => {
  expect({ ...attributeFacts(POISON) }).toEqual({ name: 'Ann', plan: 'gold', n: 3 });
  clean();
});

test.each([[null], [undefined], ['text'], [7]])('%s is nothing to learn from', (value) => {
  expect(identityFacts(value).size).toBe(0);
});
