/** The service goal of a conversation: how much of it is used, and how loud that is. Pure. */
import type { ChannelKind, Line, Row } from '@/api/types'

export type Word = 'first' | 'next'
export interface Goal { share: number; remaining: number; level: 'calm' | 'soon' | 'over'; word: Word; seconds: number }
type Goals = Pick<Line, 'no_answer_seconds' | 'first_response_seconds' | 'next_response_seconds'>
/** Seconds to a word of ours where the line says nothing: a chat waits a minute, a messenger a quarter of an hour, mail four hours. */
export const USUAL: Record<ChannelKind, number> = { webchat: 60, telegram: 900, email: 14_400, pbx: 900 }
const LOUD_SHARE = 0.75

/** What the line says for the kind. Else a live chat has the line's no-answer time or what is usual, and each further word the goal of the first. */
export function goalSeconds(kind: ChannelKind, word: Word, line: Goals | undefined): number {
  const usual = kind === 'webchat' && line && line.no_answer_seconds > 0 ? line.no_answer_seconds : USUAL[kind]
  const first = line?.first_response_seconds[kind] ?? usual
  return word === 'first' ? first : line?.next_response_seconds[kind] ?? first
}

export function goalOf(row: Row, line: Goals | undefined, now: number): Goal | null {
  if (!row.waiting_since || row.state === 'snoozed') return null
  const word = row.first_reply_at ? 'next' : 'first'
  const seconds = goalSeconds(row.channel_kind, word, line)
  const used = (now - Date.parse(row.waiting_since)) / 1000
  const remaining = seconds - used
  return { share: Math.min(1, Math.max(0, used / seconds)), remaining, level: remaining < 0 ? 'over' : used / seconds >= LOUD_SHARE ? 'soon' : 'calm', word, seconds }
}

/** Settings ask in minutes, the gateway counts in seconds: 90 is 1.5, and nothing typed is nothing said. */
export const minutesOf = (seconds: number | undefined): number | '' => (seconds === undefined ? '' : Math.round((seconds / 60) * 100) / 100)
export const secondsOf = (minutes: string): number | undefined => (Number(minutes) > 0 ? Math.max(1, Math.round(Number(minutes) * 60)) : undefined)
