/** What the site tells about its visitor: known fields only, plain values only, never a merge of foreign objects. */

export type Facts = Map<string, unknown>;

/** Name at the site, name on the wire, how long it may be. */
const FIELDS = [['name', 'name', 100], ['email', 'email', 254], ['phone', 'phone', 40], ['external_id', 'external_id', 200], ['token', 'identity_token', 4096]] as const;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

const own = (from: unknown): [string, unknown][] => (from && typeof from === 'object' ? Object.entries(from) : []);

export function identityFacts(from: unknown): Facts {
  const facts: Facts = new Map();
  const told = new Map(own(from));
  for (const [name, wire, most] of FIELDS) {
    const value = told.get(name);
    if (typeof value === 'string' && value && value.length <= most) facts.set(wire, value);
  }
  return facts;
}

export function attributeFacts(from: unknown): Record<string, string | number | boolean> {
  const facts: Record<string, string | number | boolean> = Object.create(null);
  for (const [name, value] of own(from).slice(0, 20)) {
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
