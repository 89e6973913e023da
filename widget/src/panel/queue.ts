/**
 * What the visitor wrote and the gateway has not confirmed: kept under the widget's key, sent one after the other in
 * the order of writing. Sending again is harmless, because the gateway knows each `client_id`.
 */
import type { Memory, Pending } from '../shared/memory';
import type { Ack, Outgoing } from '../wire';

export type Sender = (message: Outgoing) => Promise<Ack<{ seq: number; id: string; at: string }>>;

export interface Confirmed { item: Pending; seq: number; id: string; at: string }

export interface Queue {
  items(): Pending[];
  add(item: Pending): void;
  remove(clientIds: Iterable<string>): void;
  /** A refused one gets another chance, with everything behind it. */
  again(clientId: string): void;
  /** Sends until nothing is left or the connection breaks; one at a time. */
  flush(send: Sender): Promise<void>;
}

export interface QueueOptions {
  memory: Memory;
  changed(items: Pending[]): void;
  confirmed(confirmed: Confirmed): void;
  later?(run: () => void, seconds: number): void;
}

export const outgoing = ({ client_id, text, files, form, consent }: Pending): Outgoing => ({
  client_id, text, files: files.map((file) => file.id), ...(form && { form }), ...(consent && { consent }),
});

export function createQueue({ memory, changed, confirmed, later = (run, seconds) => void setTimeout(run, seconds * 1000) }: QueueOptions): Queue {
  let busy = false;
  const items = (): Pending[] => {
    const { queue } = memory.read();
    return Array.isArray(queue) ? queue.filter((item) => typeof item?.client_id === 'string' && typeof item.text === 'string' && Array.isArray(item.files)) : [];
  };
  const change = (next: Pending[]): void => {
    memory.write({ queue: next });
    changed(next);
  };
  const remove = (clientIds: Iterable<string>): void => {
    const gone = new Set(clientIds);
    const kept = items();
    const next = kept.filter((item) => !gone.has(item.client_id));
    if (next.length !== kept.length) change(next);
    else changed(next); // another tab was quicker: this one still shows it
  };
  const mark = (clientId: string, refused?: string): void => change(
    items().map((item) => (item.client_id === clientId ? { ...item, refused } : item)),
  );

  async function flush(send: Sender): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      for (let item = next(); item; item = next()) {
        const answer = await send(outgoing(item));
        if (answer.ok) {
          remove([item.client_id]);
          confirmed({ item, seq: answer.seq, id: answer.id, at: answer.at });
        } else if (answer.retry_after) {
          later(() => void flush(send), answer.retry_after);
          return;
        } else mark(item.client_id, answer.title || answer.code);
      }
    } catch { /* the connection broke: the next one starts again with the same item */ } finally {
      busy = false;
    }
  }
  const next = (): Pending | undefined => items().find((item) => !item.refused);

  return { items, add: (item) => change([...items(), item]), remove, again: (clientId) => mark(clientId), flush };
}
