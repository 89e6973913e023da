/** What the gateway reports, worked into the state. Knows no socket and draws nothing. */
import type { Conversation, Line, Message, Synced } from '../wire';
import { merge } from './log';
import { firstView } from './forms';
import { NO_CONVERSATION, type State, type Store, type View } from './state';

export interface DialogueOptions {
  store: Store<State>;
  /** The visitor is looking at the dialogue. */
  visible(): boolean;
  stored(messages: readonly Message[]): void;
  received(message: Message): void;
  read(): void;
  live(on: boolean): void;
  settled(): number;
  happened(name: 'conversation:started' | 'conversation:closed' | 'unread', detail: unknown): void;
}

const TYPING_FOR = 8000;

export const lastSeq = (state: State): number => state.messages.at(-1)?.seq ?? 0;
export const hasSaid = ({ session, messages, pending }: State): boolean => session.visitor.known || session.seq > 0 || messages.length > 0 || pending.length > 0;
export const running = ({ state }: Conversation): boolean => state === 'queued' || state === 'active';

export function createDialogue(options: DialogueOptions) {
  const { store } = options;
  let lapse: ReturnType<typeof setTimeout> | undefined;
  let synced = false;
  let first = true;

  /** Answered by somebody, not rated, and not waved away: one question is due. */
  const ratingDue = (): boolean => {
    const { conversation, messages } = store.state;
    return conversation.state === 'closed' && conversation.rating === null && lastSeq(store.state) > options.settled()
      && messages.some((message) => message.from === 'operator');
  };
  const unread = (count: number): void => {
    if (count === store.state.unread) return;
    store.set({ unread: count });
    options.happened('unread', count);
  };
  const take = (messages: readonly Message[]): Message[] => {
    const known = new Set(store.state.messages.map((message) => message.id));
    store.set((state) => ({ messages: merge(state.messages, messages) }));
    options.stored(messages);
    return messages.filter((message) => !known.has(message.id) && message.from === 'operator');
  };
  const announce = (fresh: readonly Message[]): void => {
    for (const message of fresh) options.received(message);
    if (options.visible()) options.read();
    else if (!store.state.open && fresh.length) store.set({ preview: fresh.at(-1) ?? null });
  };

  function message(one: Message): void {
    const fresh = take([one]);
    if (synced) store.set((state) => ({ cursor: Math.max(state.cursor, one.seq) }));
    if (!fresh.length) return;
    store.set({ typing: null });
    if (!options.visible()) unread(store.state.unread + 1);
    announce(fresh);
  }

  function conversation(next: Conversation | null): void {
    const before = store.state.conversation;
    const now = next ?? NO_CONVERSATION;
    store.set({ conversation: now });
    options.live(running(now));
    if (running(now) && !running(before) && !first) options.happened('conversation:started', now);
    if (running(now) && (store.state.view === 'rating' || store.state.view === 'ended')) store.set({ view: 'chat' });
    if (now.state !== 'closed' || before.state === 'closed') return;
    store.set({ typing: null });
    if (running(before)) options.happened('conversation:closed', now);
    if (ratingDue() && (running(before) || !first)) store.set({ view: 'rating', menu: false });
  }

  /** Hours turned: the form of the hour changes, what was typed stays. */
  function line(next: Line): void {
    store.set((state) => {
      const session = { ...state.session, line: next };
      const view: View = state.view === 'prechat' || state.view === 'offline' ? firstView(session, hasSaid(state)) : state.view;
      return { session, view };
    });
  }

  function typing({ on, name }: { on: boolean; name: string | null }): void {
    clearTimeout(lapse);
    store.set({ typing: on ? (name ?? '') : null });
    if (on) lapse = setTimeout(() => store.set({ typing: null }), TYPING_FOR);
  }

  const events = new Map<string, (payload: never) => void>([
    ['message', message],
    ['message.updated', (one: Message) => void take([one])],
    ['typing', typing],
    ['read', ({ seq }: { seq: number }) => store.set((state) => ({ seenByOperator: Math.max(state.seenByOperator, seq) }))],
    ['conversation', conversation],
    ['line', line],
  ]);

  return {
    event: (name: string, payload: unknown): void => events.get(name)?.(payload as never),
    lost(): void {
      synced = false;
    },
    /** One answer to `sync`; the last of a series says `more: false`. */
    caughtUp(answer: Synced, wasLive: boolean): void {
      const fresh = take(answer.messages);
      const end = answer.messages.at(-1)?.seq ?? 0;
      store.set((state) => ({ cursor: Math.max(state.cursor, end, answer.more ? 0 : answer.seq) }));
      if (answer.more) return;
      synced = true;
      if (wasLive && answer.conversation.state === 'closed') store.set({ conversation: { ...answer.conversation, state: 'active' } });
      conversation(answer.conversation);
      if (answer.typing) typing(answer.typing);
      unread(options.visible() ? 0 : answer.unread);
      if (first && options.visible()) options.read();
      const last = store.state.messages.findLast((one) => one.from === 'operator');
      if (!first) announce(fresh);
      else if (answer.unread && !store.state.open) store.set({ preview: last ?? null });
      first = false;
    },
    unread,
    ratingDue,
  };
}
