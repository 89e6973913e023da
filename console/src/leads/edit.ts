/** Editing one field of a lead while others edit too: what to send, and whether a refused version is a real conflict. Pure. */
import type { Lead } from '@/api/types'

export type Editable = 'title' | 'stage' | 'responsible_id' | 'value' | 'currency' | 'next_step' | 'next_step_at'
export type Change = Partial<Pick<Lead, Editable>>
export type Verdict =
  | { kind: 'again'; change: Change & { version: number } }
  | { kind: 'done' }
  | { kind: 'conflict'; field: Editable; mine: unknown; theirs: unknown; version: number }

const same = (a: unknown, b: unknown): boolean => String(a ?? '') === String(b ?? '') || (isMoney(a) && isMoney(b) && Number(a) === Number(b))
const isMoney = (value: unknown): boolean => value !== '' && value !== null && value !== undefined && Number.isFinite(Number(value))

/** What of the change is one: nothing is sent that says what stands there already. */
export function changeOf(lead: Lead, wanted: Change): Change {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => !same(lead[key as Editable], value))) as Change
}

/** The gateway refused `wanted`, made on `base`, because the lead is now `theirs`. Another field changed: mine may simply go
    again. The same field, to the same value: done. The same field, to another value: a person decides. */
export function settle(base: Lead, wanted: Change, theirs: Lead): Verdict {
  const open = Object.entries(wanted).filter(([key, value]) => !same(theirs[key as Editable], value)) as [Editable, never][]
  if (!open.length) return { kind: 'done' }
  const clash = open.find(([key]) => !same(base[key], theirs[key]))
  if (clash) return { kind: 'conflict', field: clash[0], mine: clash[1], theirs: theirs[clash[0]], version: theirs.version }
  return { kind: 'again', change: { ...Object.fromEntries(open), version: theirs.version } }
}

/** How far along: how many of the stages that lead to "won" are reached. A lost lead keeps none lit. */
export function progressOf(stage: string, stages: readonly string[]): { at: number; of: number; lost: boolean; path: string[] } {
  const path = stages.filter((s) => s !== 'lost')
  return { at: path.indexOf(stage) + 1, of: path.length, lost: stage === 'lost', path }
}
