/** Rows of the list: which is newer, which tab and section each belongs to, in which order. Pure. */
import type { Id, Row, Tab } from '@/api/types'

export type Rows = Readonly<Record<Id, Row>>
const ENDED = new Set(['closed', 'abandoned', 'spam'])
const WAITING = new Set(['queued', 'offered'])

export const isEnded = (row: Row): boolean => ENDED.has(row.state)
export const isWaiting = (row: Row): boolean => WAITING.has(row.state)

/** Lays rows over those known; an older version never replaces a newer one. The same object comes back if nothing changed. */
export function applyRows(known: Rows, incoming: readonly Row[]): Rows {
  const fresh = incoming.filter((row) => !known[row.id] || known[row.id]!.version <= row.version)
  return fresh.length ? { ...known, ...Object.fromEntries(fresh.map((row) => [row.id, row])) } : known
}

export function inTab(row: Row, tab: Tab, me: Id): boolean {
  switch (tab) {
    case 'mine': return row.operator_id === me && !isEnded(row)
    case 'waiting': return isWaiting(row)
    case 'all': return !isEnded(row)
    case 'closed': return isEnded(row)
  }
}

const at = (stamp: string | null, otherwise: number): number => (stamp ? Date.parse(stamp) : otherwise)
/** Longest wait first; who waits for nobody goes last, the latest word first. */
export function byWait(a: Row, b: Row): number {
  return at(a.waiting_since, Infinity) - at(b.waiting_since, Infinity) || at(b.last_at, 0) - at(a.last_at, 0) || a.number - b.number
}
export const byQueue = (a: Row, b: Row): number => b.priority - a.priority || at(a.waiting_since, at(a.opened_at, 0)) - at(b.waiting_since, at(b.opened_at, 0)) || a.number - b.number
export const byLatest = (a: Row, b: Row): number => at(b.last_at, at(b.opened_at, 0)) - at(a.last_at, at(a.opened_at, 0)) || b.number - a.number
const byAwakening = (a: Row, b: Row): number => at(a.snoozed_until, Infinity) - at(b.snoozed_until, Infinity)

export interface Section { key: 'ours' | 'theirs' | 'snoozed' | 'flat'; rows: Row[] }

/** Mine is divided by who owes the next word; the other tabs are one list. Empty sections are left out. */
export function sectionsOf(rows: Rows, tab: Tab, me: Id, lineId: Id | null = null): Section[] {
  const shown = Object.values(rows).filter((row) => inTab(row, tab, me) && (!lineId || row.line_id === lineId))
  if (tab !== 'mine') return shown.length ? [{ key: 'flat', rows: shown.sort(tab === 'waiting' ? byQueue : byLatest) }] : []
  const snoozed = shown.filter((row) => row.state === 'snoozed').sort(byAwakening)
  const awake = shown.filter((row) => row.state !== 'snoozed')
  const sections: Section[] = [
    { key: 'ours', rows: awake.filter((row) => row.turn === 'ours').sort(byWait) },
    { key: 'theirs', rows: awake.filter((row) => row.turn === 'theirs').sort(byLatest) },
    { key: 'snoozed', rows: snoozed },
  ]
  return sections.filter((section) => section.rows.length > 0)
}

/** What to turn to once this row is done: the next that waits for us, else the one that waits longest, else the next at all that is awake. */
export function nextOf(sections: readonly Section[], id: Id): Id | null {
  const awake = sections.filter((s) => s.key !== 'snoozed')
  const all = awake.flatMap((s) => s.rows)
  const ours = awake.find((s) => s.key === 'ours')?.rows ?? []
  const at = (rows: readonly Row[]): number => rows.findIndex((r) => r.id === id)
  const next = ours[at(ours) + 1] ?? ours.find((r) => r.id !== id) ?? all[at(all) + 1] ?? all[at(all) - 1]
  return next?.id ?? null
}

export interface TabCounts { mine: number; waiting: number; all: number }
/** How the numbers on the tabs change when one row changes. `before` undefined: this tab never saw the row; only a new conversation is then certain. */
export function countsAfter(counts: TabCounts, before: Row | undefined, after: Row, me: Id, isNew: boolean): TabCounts | 'unknown' {
  if (!before && !isNew) return 'unknown'
  const step = (tab: 'mine' | 'waiting' | 'all'): number => Number(inTab(after, tab, me)) - Number(before ? inTab(before, tab, me) : false)
  return { mine: Math.max(0, counts.mine + step('mine')), waiting: Math.max(0, counts.waiting + step('waiting')), all: Math.max(0, counts.all + step('all')) }
}
