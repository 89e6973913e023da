/** The visitor's other tabs: what was read, sent or put away in one counts in all. */

export type News =
  | { kind: 'read'; seq: number }
  | { kind: 'stored'; client_id: string }
  | { kind: 'closed' }
  | { kind: 'settled'; seq: number }
  | { kind: 'reset' };

export interface Tabs { tell(news: News): void; close(): void }

export function joinTabs(key: string, hear: (news: News) => void): Tabs {
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`gateway:${key}`);
  if (channel) channel.onmessage = ({ data }: MessageEvent<News>) => hear(data);
  return { tell: (news) => channel?.postMessage(news), close: () => channel?.close() };
}
