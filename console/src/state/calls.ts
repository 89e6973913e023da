/** Calls as the console keeps them: which is newer, and which of them rings for me. Pure. */
import type { Call, Id } from '@/api/types'

export type Calls = Readonly<Record<Id, Call>>
const KEPT_ENDED = 20

export function applyCall(known: Calls, call: Call): Calls {
  const before = known[call.id]
  if (before && (Date.parse(before.updated_at) > Date.parse(call.updated_at) || (before.state === 'ended' && call.state !== 'ended'))) return known
  const all = { ...known, [call.id]: call }
  const ended = Object.values(all).filter((c) => c.state === 'ended').sort((a, b) => b.updated_at.localeCompare(a.updated_at))
  for (const old of ended.slice(KEPT_ENDED)) delete all[old.id]
  return all
}

/** A leg rings that is mine, or that has no operator while the call's line is one of mine. */
export function ringsFor(call: Call, me: Id, myLines: ReadonlySet<Id>): boolean {
  return call.state !== 'ended' && call.legs.some((leg) => leg.state === 'ringing' && leg.role !== 'remote' && (leg.operator_id === me || (!leg.operator_id && myLines.has(call.line_id))))
}
export function ringing(calls: Calls, me: Id, myLines: ReadonlySet<Id>, passed: ReadonlySet<Id>): Call[] {
  return Object.values(calls).filter((call) => !passed.has(call.id) && ringsFor(call, me, myLines)).sort((a, b) => a.started_at.localeCompare(b.started_at))
}
