/** What the panel knows at one moment, and the small store that holds it. No network, no browser. */
import type { Pending } from '../shared/memory';
import type { Conversation, Message, Session } from '../wire';

export type View = 'prechat' | 'offline' | 'chat' | 'callback' | 'rating' | 'ended';

export interface Link {
  state: 'idle' | 'connecting' | 'online' | 'lost' | 'refused';
  /** When the next try is due, in milliseconds of the clock; null while one is under way. */
  retryAt: number | null;
}

export interface Upload {
  id: string;
  name: string;
  type: string;
  size: number;
  loaded: number;
  failed: boolean;
}

export interface FileRefusal { name: string; reason: 'size' | 'type'; size: number }

export interface State {
  open: boolean;
  view: View;
  menu: boolean;
  session: Session;
  link: Link;
  /** The highest seq that was received in order: what `sync` asks from. */
  cursor: number;
  messages: Message[];
  pending: Pending[];
  uploads: Upload[];
  refusals: FileRefusal[];
  conversation: Conversation;
  typing: string | null;
  /** The operator has seen up to here. */
  seenByOperator: number;
  unread: number;
  draft: string;
  sound: boolean;
  /** A message to show beside the closed launcher. */
  preview: Message | null;
  /** What a form's sender was told last, in the gateway's words. */
  trouble: string | null;
}

export const NO_CONVERSATION: Conversation = { state: 'none', operator: null, queue: null, rating: null };

export function initialState(session: Session): State {
  return {
    open: false, view: 'chat', menu: false, session, link: { state: 'idle', retryAt: null }, cursor: 0, messages: [], pending: [], uploads: [],
    refusals: [], conversation: NO_CONVERSATION, typing: null, seenByOperator: 0, unread: session.unread, draft: '', sound: false, preview: null, trouble: null,
  };
}

export interface Store<S> {
  readonly state: S;
  set(patch: Partial<S> | ((state: S) => Partial<S>)): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<S extends object>(initial: S): Store<S> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get state() { return state; },
    set(patch) {
      state = { ...state, ...(typeof patch === 'function' ? patch(state) : patch) };
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
