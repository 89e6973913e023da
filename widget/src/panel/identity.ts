/** What the site tells about its visitor: known fields only, plain values only, never a merge of foreign objects. */

export type Facts = Map<string, unknown>;

const FIELDS = new Map([['name', 'name'], ['email', 'email'], ['phone', 'phone'], ['external_id', 'external_id'], ['token', 'identity_token']]);
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

const own = (from: unknown): [string, unknown][] => (from && typeof from === 'object' ? Object.entries(from) : []);

export function identityFacts(from: unknown): Facts {
  const facts: Facts = new Map();
  for (const [name, value] of own(from)) {
    const known = FIELDS.get(name);
    if (known && typeof value === 'string' && value) facts.set(known, value.slice(0, 2000));
  }
  return facts;
}

export function attributeFacts(from: unknown): Record<string, string | number | boolean> {
  const facts: Record<string, string | number | boolean> = Object.create(null);
  for (const [name, value] of own(from).slice(0, 50)) {
    if (FORBIDDEN.has(name)) continue;
    if (typeof value === 'string') facts[name] = value.slice(0, 500);
    else if (typeof value === 'number' || typeof value === 'boolean') facts[name] = value;
  }
  return facts;
}

export function toPayload(facts: Facts): Record<string, unknown> {
  const payload: Record<string, unknown> = Object.create(null);
  for (const [name, value] of facts) payload[name] = value;
  return payload;
}
