/**
 * What the widget remembers in the site's own localStorage: one key per widget, nothing before the visitor's first
 * interaction, and plain memory where storage is blocked. What lies there may be anything: the reader of a field checks it.
 */
import type { GivenConsent, SentForm, StoredFile } from '../wire';

export interface Pending {
  client_id: string;
  text: string;
  files: StoredFile[];
  at: string;
  form?: SentForm;
  consent?: GivenConsent;
  /** The gateway's own words, when it refused this for good. */
  refused?: string;
}

export interface Kept {
  token?: string;
  queue?: Pending[];
  draft?: string;
  /** A conversation is waiting or running, so that the next page listens at once. */
  live?: boolean;
  sound?: boolean;
  /** The seq up to which a closed conversation was rated or waved away. */
  settled?: number;
  /** The panel was open when the page was left. */
  open?: boolean;
}

export interface Memory {
  read(): Kept;
  write(patch: Kept): void;
  /** From now on storage may be used: the visitor has done something. */
  allow(): void;
  forget(): void;
}

function parse(text: string | null): Kept {
  try {
    return Object.assign(Object.create(null), JSON.parse(text ?? '{}'));
  } catch {
    return {}; // somebody else's or half-written: start afresh
  }
}

export function createMemory(name: string, storage: () => Storage): Memory {
  let own: string | null = null;
  let allowed = false;
  let broken = false;
  const stored = (): string | null => {
    try {
      return broken ? null : storage().getItem(name);
    } catch {
      return null;
    }
  };
  const keep = (): void => {
    try {
      if (allowed && own) storage().setItem(name, own);
    } catch {
      broken = true; // blocked or full: this page still remembers
    }
  };
  allowed = stored() !== null;
  return {
    read: () => parse(stored() ?? own),
    write(patch) {
      own = JSON.stringify({ ...parse(stored() ?? own), ...patch });
      keep();
    },
    allow() {
      if (allowed) return;
      allowed = true;
      keep();
    },
    forget() {
      own = null;
      try {
        storage().removeItem(name);
      } catch { /* nothing was kept */ }
    },
  };
}
