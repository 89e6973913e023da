/** What a form asks, and whether it was answered well enough. Pure; the gateway checks again. */
import type { Consent, Field, FormPlan, Session, Visitor } from '../wire';
import type { Key } from './tongue';
import type { View } from './state';

export type Answers = Map<string, string>;
export type Troubles = Map<string, Key>;

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/;

/** Persian and Arabic digits are digits too. */
export const latinDigits = (text: string): string =>
  text.replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15));

export function tidyPhone(text: string): string {
  const found = latinDigits(text).replace(/[^\d+]/g, '');
  return found.startsWith('00') ? `+${found.slice(2)}` : found;
}

export const isMail = (text: string): boolean => MAIL.test(text.trim());
export const isPhone = (text: string): boolean => /^\+?\d{6,15}$/.test(tidyPhone(text));

/** Nothing that is known is asked again. */
export function fieldsToAsk(plan: FormPlan, visitor: Visitor): Field[] {
  const known = new Map<string, string | null>([['name', visitor.name], ['email', visitor.email], ['phone', visitor.phone]]);
  return plan.fields.filter((field) => !known.get(field.name));
}

export function check(fields: readonly Field[], answers: Answers, text: string, consent: Consent | null, accepted: boolean): Troubles {
  const troubles: Troubles = new Map();
  for (const { name, required } of fields) {
    const value = answers.get(name)?.trim() ?? '';
    if (!value) {
      if (required) troubles.set(name, 'eReq');
    } else if (name === 'email' && !isMail(value)) troubles.set(name, 'eEmail');
    else if (name === 'phone' && !isPhone(value)) troubles.set(name, 'ePhone');
  }
  if (!text.trim()) troubles.set('text', 'eReq');
  if (consent && !accepted) troubles.set('consent', 'eConsent');
  return troubles;
}

/** What goes out: trimmed, empty ones left away, phones in digits. */
export function given(fields: readonly Field[], answers: Answers): Record<string, string> {
  const sent: Record<string, string> = Object.create(null);
  for (const { name } of fields) {
    const value = answers.get(name)?.trim();
    if (value) sent[name] = name === 'phone' ? tidyPhone(value) : value;
  }
  return sent;
}

/** Where a click on the launcher leads: known visitors to the chat, others through the form of the hour. */
export function firstView(session: Session, said: boolean): View {
  if (said) return 'chat';
  if (session.line.open) return session.forms.prechat ? 'prechat' : 'chat';
  const reachable = session.visitor.email || session.visitor.phone;
  return session.forms.offline && !reachable ? 'offline' : 'chat';
}

/** Half hours in which somebody can ring, at least half an hour ahead, at most `most` a day, today and tomorrow. */
export function callSlots(hours: readonly [string, string][], now: Date, most = 8): Date[][] {
  const days: Date[][] = [[], []];
  for (const [from, to] of hours) {
    const first = Math.max(Date.parse(from), now.getTime() + 30 * 60_000);
    for (let at = Math.ceil(first / 18e5) * 18e5; at < Date.parse(to); at += 18e5) {
      const slot = new Date(at);
      const ahead = Math.round((new Date(slot).setHours(12, 0, 0, 0) - new Date(now).setHours(12, 0, 0, 0)) / 864e5);
      days[ahead]?.push(slot);
    }
  }
  return days.map((slots) => thin(slots, most));
}

function thin(slots: Date[], most: number): Date[] {
  if (slots.length <= most) return slots;
  return Array.from({ length: most }, (_, at) => slots[Math.round((at * (slots.length - 1)) / (most - 1))] as Date);
}
