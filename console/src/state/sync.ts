/**
 * Nothing is missed and nothing is applied twice. Numbers this reader may not see are left out, so a hole in the numbers proves
 * nothing; what proves a gap is a `head` that stays ahead of us, and every new connection. Pure.
 */
import type { ConsoleEvent, SyncAnswer } from '@/api/types'

export interface Cursor { seen: number; syncing: boolean; aheadSince: number | null; held: readonly ConsoleEvent[] }
export const PATIENCE_MS = 3_000

export const startAt = (head: number): Cursor => ({ seen: head, syncing: false, aheadSince: null, held: [] })

/** A live event: applied, dropped as known, or held back while a catch-up is running. */
export function onEvent(cursor: Cursor, event: ConsoleEvent): { cursor: Cursor; apply: ConsoleEvent[] } {
  if (cursor.syncing) return { cursor: { ...cursor, held: [...cursor.held, event] }, apply: [] }
  if (event.seq <= cursor.seen) return { cursor, apply: [] }
  return { cursor: { ...cursor, seen: event.seq, aheadSince: null }, apply: [event] }
}

/** What the gateway says its last number is. True: it has been ahead of us for too long, ask. */
export function onHead(cursor: Cursor, head: number, now: number): { cursor: Cursor; ask: boolean } {
  if (head <= cursor.seen) return { cursor: { ...cursor, aheadSince: null }, ask: false }
  const since = cursor.aheadSince ?? now
  return { cursor: { ...cursor, aheadSince: since }, ask: !cursor.syncing && now - since >= PATIENCE_MS }
}

export const onSyncStart = (cursor: Cursor): Cursor => ({ ...cursor, syncing: true })

/** The answer to a catch-up: its events, then those held back meanwhile, in order, each once. `reset`: reload instead. */
export function onSync(cursor: Cursor, answer: SyncAnswer): { cursor: Cursor; apply: ConsoleEvent[]; more: boolean; reset: boolean } {
  const reset = answer.reset === true
  const from = reset ? answer.head : cursor.seen
  const bySeq = new Map([...(answer.events ?? []), ...(answer.more ? [] : cursor.held)].filter((e) => e.seq > from).map((e) => [e.seq, e]))
  const apply = [...bySeq.values()].sort((a, b) => a.seq - b.seq)
  const last = apply[apply.length - 1]?.seq ?? from
  if (answer.more && !reset && last > cursor.seen) return { cursor: { ...cursor, seen: last }, apply, more: true, reset }
  return { cursor: { seen: Math.max(last, answer.head), syncing: false, aheadSince: null, held: [] }, apply, more: false, reset }
}

export const onSyncFailed = (cursor: Cursor): { cursor: Cursor; apply: ConsoleEvent[] } => {
  // held events are applied but the cursor stays: the next catch-up asks from the old number and repeats are dropped by version and id
  return { cursor: { ...cursor, syncing: false, held: [] }, apply: [...cursor.held].sort((a, b) => a.seq - b.seq) }
}
