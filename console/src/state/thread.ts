/** The messages of a dialogue: one list, ordered, each once; and what is drawn between them. Pure. */
import type { Delivery, Id, Message } from '@/api/types'
import type { Pending } from './outbox'

/** Lays messages over those known. The same id replaces; a client_id met again is the same message come back with its number. */
export function mergeMessages(known: readonly Message[], incoming: readonly Message[]): Message[] {
  const byId = new Map(known.map((m) => [m.id, m]))
  for (const message of incoming) {
    if (message.client_id) for (const [id, old] of byId) if (old.client_id === message.client_id && id !== message.id) byId.delete(id)
    const before = byId.get(message.id)
    byId.set(message.id, before?.delivery && message.delivery && isStale(message.delivery, before.delivery) ? { ...message, delivery: before.delivery } : message)
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq || a.at.localeCompare(b.at))
}

const isStale = (next: Delivery, before: Delivery): boolean => Boolean(next.updated_at && before.updated_at && Date.parse(next.updated_at) < Date.parse(before.updated_at))

/** A report about a delivery; an older report never overwrites a newer one. */
export function applyDelivery(known: readonly Message[], messageId: Id, delivery: Delivery): Message[] {
  return known.map((m) => (m.id !== messageId || (m.delivery && isStale(delivery, m.delivery)) ? m : { ...m, delivery }))
}

export type Item =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'new'; key: string }
  | { kind: 'earlier'; key: string; conversation_id: Id }
  | { kind: 'message'; key: string; message: Message; follows: boolean }
  | { kind: 'pending'; key: string; pending: Pending }

const FOLLOWS_MS = 180_000
const sameSpeaker = (a: Message, b: Message): boolean => a.type === b.type && a.operator_id === b.operator_id && (a.type === 'inbound' || a.type === 'outbound') && Date.parse(b.at) - Date.parse(a.at) < FOLLOWS_MS

const answeredAfter = (messages: readonly Message[], pending: readonly Pending[], seq: number): boolean => pending.some((p) => p.type === 'reply') || messages.some((m) => m.seq > seq && m.type === 'outbound' && Boolean(m.operator_id))

/**
 * What the thread draws: a divider per day, one "new" divider before the first unread word of the contact, a divider where an
 * earlier conversation ends, and after everything what is still on its way from here. Once a colleague or I have answered,
 * nothing above is new.
 */
export function itemsOf(messages: readonly Message[], pending: readonly Pending[], unreadAfter: number | null): Item[] {
  const items: Item[] = []
  let before: Message | undefined
  let told = unreadAfter === null || answeredAfter(messages, pending, unreadAfter)
  for (const message of messages) {
    const newDay = !before || new Date(before.at).toDateString() !== new Date(message.at).toDateString()
    const turned = before?.conversation_id && message.conversation_id && before.conversation_id !== message.conversation_id
    if (turned) items.push({ kind: 'earlier', key: `earlier-${message.id}`, conversation_id: message.conversation_id! })
    if (newDay) items.push({ kind: 'day', key: `day-${message.id}`, at: message.at })
    if (!told && message.seq > unreadAfter! && message.type === 'inbound') {
      items.push({ kind: 'new', key: 'new' })
      told = true
    }
    const follows = !newDay && !turned && items[items.length - 1]?.kind === 'message' && sameSpeaker(before!, message)
    items.push({ kind: 'message', key: message.client_id ?? message.id, message, follows })
    before = message
  }
  const sent = new Set(messages.map((m) => m.client_id).filter(Boolean))
  for (const one of pending) if (!sent.has(one.client_id)) items.push({ kind: 'pending', key: one.client_id, pending: one })
  return items
}

/** The seq after which everything of the contact is unread: counted back from the end. Null: nothing is unread. */
export function unreadAfter(messages: readonly Message[], unread: number): number | null {
  if (unread <= 0) return null
  const inbound = messages.filter((m) => m.type === 'inbound' || m.type === 'call')
  const first = inbound[Math.max(0, inbound.length - unread)]
  return first ? first.seq - 1 : null
}
