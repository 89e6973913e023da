/**
 * The seam between the two halves of the widget: what the loader lends to the panel, and what the panel answers to.
 * Types only.
 */
import type { Session } from '../wire';
import type { Locale } from './locale';

export type EventName =
  | 'ready' | 'open' | 'close' | 'message:received' | 'message:sent' | 'unread' | 'conversation:started' | 'conversation:closed'
  | 'online' | 'offline' | 'error';

export interface Stage {
  /** The gateway's address, from the loader's own `src`. */
  origin: string;
  key: string;
  root: ShadowRoot;
  /** Carries dir, lang, theme and the brand's colour; the panel draws into `slot`, before the launcher's button. */
  frame: HTMLElement;
  slot: HTMLElement;
  button: HTMLElement;
  /** The visitor has done something here: storage may be used. */
  touched: boolean;
  locale(): Locale;
  /** The one that the launcher shows, or a new one. */
  session(): Session | Promise<Session>;
  /** Asks the gateway anew; the token goes along, so that the visitor stays the same. */
  fetchSession(token?: string): Promise<Session>;
  emit(name: EventName, detail?: unknown): void;
  /** Tells the launcher what to show. */
  show(state: { news?: string; session?: Session }): void;
}

export interface PanelHandle {
  command(name: string, ...args: unknown[]): void;
}
