/** How a call looks: the icon and tone of what became of it. */
import type { Call } from '@/api/types'

export interface Looks { icon: string; tone: '' | 'ok' | 'bad' | 'warn' | 'faint' }
export function looksOf(call: Pick<Call, 'direction' | 'outcome' | 'state'>): Looks {
  if (call.state !== 'ended') return { icon: 'i-lucide-phone-call', tone: 'ok' }
  const outcome = call.outcome ?? ''
  if (outcome.startsWith('missed') || outcome === 'rejected') return { icon: 'i-lucide-phone-missed', tone: outcome === 'missed_abandoned_short' ? 'faint' : 'bad' }
  if (outcome === 'voicemail') return { icon: 'i-lucide-voicemail', tone: 'warn' }
  if (outcome === 'failed' || outcome === 'busy' || outcome === 'no_answer' || outcome === 'cancelled') return { icon: 'i-lucide-phone-off', tone: outcome === 'failed' ? 'bad' : 'faint' }
  return { icon: call.direction === 'outbound' ? 'i-lucide-phone-outgoing' : call.direction === 'internal' ? 'i-lucide-phone' : 'i-lucide-phone-incoming', tone: '' }
}

export interface Piece { from: number; to: number; kind: 'rang' | 'spoke' }
const at = (stamp: string | null): number | null => (stamp ? Date.parse(stamp) : null)
/** The legs on one axis of the call, in shares of its length: when each rang, when each spoke. */
export function piecesOf(call: Call, now: number): { key: string; pieces: Piece[] }[] {
  const start = at(call.started_at)!
  const stops = [at(call.ended_at), ...call.legs.map((l) => at(l.ended_at))].filter((v): v is number => v !== null)
  const end = call.state === 'ended' && stops.length ? Math.max(...stops) : now
  const length = Math.max(1, end - start)
  const share = (stamp: number): number => Math.min(1, Math.max(0, (stamp - start) / length))
  return call.legs.map((leg) => {
    const [rang, spoke, over] = [at(leg.ringing_at), at(leg.answered_at), at(leg.ended_at) ?? end]
    const pieces: Piece[] = []
    if (rang !== null) pieces.push({ from: share(rang), to: share(spoke ?? over), kind: 'rang' })
    if (spoke !== null) pieces.push({ from: share(spoke), to: share(over), kind: 'spoke' })
    return { key: leg.key, pieces }
  })
}
