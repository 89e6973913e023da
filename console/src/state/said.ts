/** The gateway's one line about a conversation: a missed call, a file, or what somebody wrote. Pure. */
import type { Missed, Row } from '@/api/types'

export type Said = { kind: 'words'; text: string } | { kind: 'file' } | { kind: 'missed'; missed: Missed }

export function saidOf(row: Pick<Row, 'preview' | 'missed'>): Said {
  if (row.missed) return { kind: 'missed', missed: row.missed }
  return row.preview === '📎' ? { kind: 'file' } : { kind: 'words', text: row.preview }
}
