/** The service goal of a conversation: how much of it is used, and how loud that is. Pure. */
import type { ChannelKind, Line, Row } from '@/api/types'

export interface Goal { share: number; remaining: number; level: 'calm' | 'soon' | 'over' }
/** Seconds to the next word of ours where the line says nothing: a chat waits a minute, a messenger a quarter of an hour, mail four hours. */
export const USUAL: Record<ChannelKind, number> = { webchat: 60, telegram: 900, email: 14_400, pbx: 900 }
const LOUD_SHARE = 0.75

/** A live chat is measured by the line's own no-answer time; the others by what is usual for their kind. */
export function goalSeconds(kind: ChannelKind, line: Pick<Line, 'no_answer_seconds'> | undefined): number {
  return kind === 'webchat' && line && line.no_answer_seconds > 0 ? line.no_answer_seconds : USUAL[kind]
}

export function goalOf(row: Row, line: Pick<Line, 'no_answer_seconds'> | undefined, now: number): Goal | null {
  if (!row.waiting_since || row.state === 'snoozed') return null
  const goal = goalSeconds(row.channel_kind, line)
  const used = (now - Date.parse(row.waiting_since)) / 1000
  const remaining = goal - used
  return { share: Math.min(1, Math.max(0, used / goal)), remaining, level: remaining < 0 ? 'over' : used / goal >= LOUD_SHARE ? 'soon' : 'calm' }
}
