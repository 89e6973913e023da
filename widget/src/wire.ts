/**
 * What the gateway and the widget say to each other, as types. Nothing here runs.
 * The contract in words: docs/reference/widget-protocol.md.
 */

export interface Person { name: string; photo: string | null }

export interface Line {
  open: boolean;
  opens_at: string | null;
  answer_minutes: [number, number] | null;
  people: Person[];
  /** The next stretches in which somebody is there, as instants; missing when the gateway does not tell. */
  hours?: [string, string][];
}

export interface Field { name: string; required: boolean; label?: string | null; options?: string[] | null }
export interface Consent { version: string; text: string | null; url: string | null }
export interface FormPlan { fields: Field[]; consent?: Consent | null }
export interface Visitor { known: boolean; name: string | null; email: string | null; phone: string | null }
export interface Limits { file_bytes: number; text: number; types: string[] }

export interface Site {
  name: string;
  color: string | null;
  locale: string;
  locales: string[];
  launcher: string | null;
  greeting: string | null;
}

export interface Session {
  token: string;
  visitor: Visitor;
  site: Site;
  line: Line;
  forms: { prechat: FormPlan | null; offline: FormPlan | null };
  limits: Limits;
  unread: number;
  seq: number;
  socket: string;
  /** A link that carries the same dialogue on in Telegram; missing when the line has no bot. */
  telegram?: string | null;
}

export interface StoredFile { id: string; name: string; type: string; size: number }
export interface ShownFile extends StoredFile { url: string; width: number | null; height: number | null }

export interface Message {
  id: string;
  seq: number;
  from: 'visitor' | 'operator' | 'system';
  client_id?: string | null;
  name: string | null;
  photo: string | null;
  text: string;
  files: ShownFile[];
  at: string;
  edited: boolean;
  deleted: boolean;
  state: 'sent' | 'delivered' | 'read';
  /** Suggested answers; shown as buttons while this is the last message. */
  choices?: string[] | null;
}

export interface Conversation {
  state: 'none' | 'queued' | 'active' | 'closed';
  operator: Person | null;
  queue: { band: number; minutes: [number, number] | null } | null;
  rating: number | null;
}

export interface SentForm { kind: 'prechat' | 'offline' | 'callback'; fields: Record<string, string> }
export interface GivenConsent { version: string; accepted: true }

export interface Outgoing {
  client_id: string;
  text: string;
  files: string[];
  form?: SentForm;
  consent?: GivenConsent;
}

export interface Page { url: string; title: string; referrer: string }

export interface Refusal { ok: false; code: string; title: string; retry_after?: number }
export type Ack<T> = ({ ok: true } & T) | Refusal;

export interface Synced {
  messages: Message[];
  seq: number;
  conversation: Conversation;
  unread: number;
  typing: { on: boolean; name: string | null } | null;
  more?: boolean;
  /** Which dialogue this is; another one than before means that what is shown belongs to somebody else's or an older one. */
  dialogue: string | null;
}
