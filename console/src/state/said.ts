/** The gateway's one line about a conversation, which is words of a person or a sign of ours: a missed call, a file. Pure. */
export type Said = { kind: 'words'; text: string } | { kind: 'file' } | { kind: 'missed'; number: string; waited: number | null }

export function saidOf(preview: string): Said {
  if (preview === '📎') return { kind: 'file' }
  const call = /^☎ (\S+)(?: · (\d+):(\d\d))?$/u.exec(preview)
  if (!call) return { kind: 'words', text: preview }
  return { kind: 'missed', number: call[1]!, waited: call[2] === undefined ? null : Number(call[2]) * 60 + Number(call[3]) }
}
