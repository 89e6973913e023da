/** What was written here and has not come back numbered yet. Each goes out under one client_id, so that twice is once. Pure. */
import type { Attachment, Id, Message } from '@/api/types'

export interface Pending {
  client_id: string; conversation_id: Id; dialogue_id: Id; type: 'reply' | 'note'; text: string; files: Attachment[]; cc: string[]; bcc: string[]; reply_to: Id | null
  at: string; state: 'queued' | 'sending' | 'refused'; problem: string
}
export type Outbox = readonly Pending[]

export const enqueue = (box: Outbox, one: Pending): Outbox => (box.some((p) => p.client_id === one.client_id) ? box : [...box, one])
export const takeBack = (box: Outbox, clientId: string): Outbox => box.filter((p) => p.client_id !== clientId || p.state === 'sending')
export const mark = (box: Outbox, clientId: string, state: Pending['state'], problem = ''): Outbox => box.map((p) => (p.client_id === clientId ? { ...p, state, problem } : p))
/** The gateway has it: by its own answer or by the event, whichever comes first. */
export const arrived = (box: Outbox, message: Pick<Message, 'client_id'>): Outbox => (message.client_id && box.some((p) => p.client_id === message.client_id) ? box.filter((p) => p.client_id !== message.client_id) : box)
/** Nothing is on its way after a page was reloaded or a connection lost; what was, is asked again under the same client_id. */
export const settled = (box: Outbox): Outbox => box.map((p) => (p.state === 'sending' ? { ...p, state: 'queued' as const } : p))

/** What may go out next: the oldest of each conversation, and only if nothing before it is still on its way or was refused. */
export function nextDue(box: Outbox): Pending[] {
  const seen = new Set<Id>()
  return box.filter((p) => {
    const first = !seen.has(p.conversation_id)
    seen.add(p.conversation_id)
    return first && p.state === 'queued'
  })
}
