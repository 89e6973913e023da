/**
 * The socket to the gateway: connects, retries with a visible countdown, asks and waits for acknowledgements.
 * Retrying is done here and not by the library, because the visitor is shown when the next try is due.
 * Contract: docs/reference/widget-protocol.md, section 3.
 */
import { io, type Socket } from 'socket.io-client';
import type { Ack, Page } from '../wire';
import type { Link } from './state';

export interface Auth { token: string; page: Page }

export interface ConnectionOptions {
  url: string;
  path: string;
  auth(): Auth;
  /** A new session, because the token has lapsed. */
  renew(): Promise<unknown>;
  onLink(link: Link): void;
  onConnect(): void;
  onEvent(name: string, payload: unknown): void;
  open?: typeof io;
}

export interface Connection {
  start(): void;
  stop(): void;
  retryNow(): void;
  request<T>(event: string, payload: unknown): Promise<Ack<T>>;
  tell(event: string, payload: unknown): void;
}

const ACK_WITHIN = 10_000;

export function backoff(attempt: number, random = Math.random()): number {
  return Math.min(30_000, 1000 * 2 ** attempt) * (0.5 + random / 2);
}

export function createConnection(options: ConnectionOptions): Connection {
  const { open = io } = options;
  let socket: Socket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let wanted = false;
  let renewed = false;

  const drop = (): void => {
    clearTimeout(timer);
    socket?.off();
    socket?.disconnect();
    socket = null;
  };
  const later = (delay = backoff(attempt++)): void => {
    drop();
    if (!wanted) return;
    options.onLink({ state: 'lost', retryAt: Date.now() + delay });
    timer = setTimeout(connect, delay);
  };
  const refused = async (error: Error & { data?: { code?: string; retry_after?: number } }): Promise<void> => {
    const code = error.data?.code ?? error.message;
    if (code === 'origin_refused') {
      drop();
      return options.onLink({ state: 'refused', retryAt: null });
    }
    if (code === 'too_many') return later((error.data?.retry_after ?? 30) * 1000);
    if (code !== 'token_expired' || renewed) return later();
    renewed = true; // once per connection: a gateway that never accepts must not be asked in a circle
    drop();
    try {
      await options.renew();
      connect();
    } catch {
      later();
    }
  };

  function connect(): void {
    drop();
    if (!wanted) return;
    options.onLink({ state: attempt ? 'lost' : 'connecting', retryAt: null });
    socket = open(`${options.url}/widget`, {
      path: options.path, auth: options.auth(), transports: ['websocket', 'polling'], tryAllTransports: true,
      reconnection: false, forceNew: true, timeout: 10_000,
    });
    socket.on('connect', () => {
      attempt = 0;
      renewed = false;
      options.onLink({ state: 'online', retryAt: null });
      options.onConnect();
    });
    socket.on('connect_error', (error) => void refused(error));
    socket.on('disconnect', () => later(attempt++ ? undefined : 500 + Math.random() * 1000));
    socket.on('drain', ({ within = 5 }: { within?: number } = {}) => {
      clearTimeout(timer);
      timer = setTimeout(connect, Math.random() * within * 1000); // everybody at once would be a storm
    });
    socket.onAny((name: string, payload: unknown) => options.onEvent(name, payload));
  }

  return {
    start() {
      if (wanted) return;
      wanted = true;
      connect();
    },
    stop() {
      wanted = false;
      drop();
      options.onLink({ state: 'idle', retryAt: null });
    },
    retryNow() {
      if (wanted && !socket?.connected) connect();
    },
    async request<T>(event: string, payload: unknown): Promise<Ack<T>> {
      if (!socket?.connected) throw new Error('not connected');
      try {
        return (await socket.timeout(ACK_WITHIN).emitWithAck(event, payload)) as Ack<T>;
      } catch (error) {
        later(); // no answer in time: the line is dead, whatever the socket believes
        throw error;
      }
    },
    tell(event, payload) {
      if (socket?.connected) socket.emit(event, payload);
    },
  };
}
