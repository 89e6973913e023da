/** The last word of a conversation as one line in the reader's language: what somebody wrote, or what happened and what to do. */
import { clock, dot } from './format'
import { t } from './i18n'
import { saidOf } from './state/said'
import { ordered } from './state/text'

export function lastWord(preview: string): string {
  const said = saidOf(preview)
  if (said.kind === 'words') return ordered(said.text)
  if (said.kind === 'file') return t('row.file')
  return [t('row.missed'), ...(said.waited ? [t('row.waited', { time: clock(said.waited) })] : []), t('row.call_back')].join(dot())
}
