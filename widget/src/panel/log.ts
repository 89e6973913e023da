/** The dialogue as an ordered list: merging without doubles, groups of bubbles, days. Pure. */
import type { Pending } from '../shared/memory';
import type { Message } from '../wire';

/** Newer news about the same id replace the older; order is the order of seq. */
export function merge(known: readonly Message[], news: readonly Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of news) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

/** What of the queue is still to be sent, now that these messages are known to be stored. */
export function withoutStored<P extends Pick<Pending, 'client_id'>>(queue: readonly P[], stored: readonly Message[]): P[] {
  const ids = new Set(stored.map((message) => message.client_id));
  return queue.filter((item) => !ids.has(item.client_id));
}

export interface Group { key: string; from: Message['from']; name: string | null; photo: string | null; messages: Message[]; newDay: boolean }

const GAP = 5 * 60_000;
const dayOf = (at: string): string => new Date(at).toDateString();

/** Bubbles of one voice within five minutes stand together. */
export function group(messages: readonly Message[]): Group[] {
  const groups: Group[] = [];
  let before: Message | undefined;
  for (const message of messages) {
    const newDay = !before || dayOf(before.at) !== dayOf(message.at);
    const joins = before && !newDay && before.from === message.from && before.name === message.name && message.from !== 'system'
      && Date.parse(message.at) - Date.parse(before.at) < GAP;
    if (joins) groups.at(-1)?.messages.push(message);
    else groups.push({ key: message.id, from: message.from, name: message.name, photo: message.photo, messages: [message], newDay });
    before = message;
  }
  return groups;
}

export type Piece = { text: string; href?: string };

/** Web addresses in a text become links; nothing else does, and only http(s). */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}»،؛؟]/gi)) {
    if (found.index > at) pieces.push({ text: text.slice(at, found.index) });
    pieces.push({ text: found[0], href: found[0] });
    at = found.index + found[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/** What the gateway names is relative to the gateway; anything but http(s) is refused. */
export function safeUrl(url: string | null, origin: string): string | null {
  if (!url) return null;
  try {
    const found = new URL(url, `${origin}/`);
    return found.protocol === 'https:' || found.protocol === 'http:' ? found.href : null;
  } catch {
    return null;
  }
}
