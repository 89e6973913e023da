/** Who somebody is, and the last word of a conversation as one line in the reader's language: what they wrote, or what happened. */
import type { Row } from './api/types'
import { clock, dot, taste } from './format'
import { t } from './i18n'
import { isPhone, phone } from './phone'
import { saidOf } from './state/said'
import { ordered } from './state/text'

type Last = Pick<Row, 'preview' | 'missed'>

/** Short enough for a row of the list: that it was missed and how long they waited; what to do about it is in the whole sentence. */
export function lastWord(row: Last): string {
  const said = saidOf(row)
  if (said.kind === 'words') return ordered(said.text)
  if (said.kind === 'file') return t('row.file')
  return said.missed.waited_s ? t('row.missed_after', { time: clock(said.missed.waited_s) }) : t('row.missed')
}
/** The same where there is room: on hover, in an offer. */
export const wholeWord = (row: Last): string => (row.missed ? [lastWord(row), t('row.call_back')].join(dot()) : lastWord(row))

/** How a contact is called on the screen: a number as people read it (kept together where a sentence runs from the right), a visitor without a name as such. */
export const named = (name: string): string => (isPhone(name) && taste.locale === 'fa' ? `\u2066${phone(name)}\u2069` : phone(name) || t('row.nameless'))
/** How one would speak to them; nothing where only a number is known. */
export const firstName = (name: string): string => (isPhone(name) ? '' : name.split(' ')[0] ?? '')
