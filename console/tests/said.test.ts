import { beforeAll, expect, test } from 'vitest'
import { taste } from '@/format'
import { useLanguage } from '@/i18n'
import { lastWord, named, wholeWord } from '@/said'
import { saidOf } from '@/state/said'
import { row } from './cast'

beforeAll(async () => { await useLanguage('en'); taste.locale = 'en' })

const missed = row({ channel_kind: 'pbx', purpose: 'callback', preview: '☎ +442071838750 · 0:42', missed: { number: '+442071838750', waited_s: 42 } })

test('a missed call is a fact of its own, with who called and how long they waited', () => {
  expect(saidOf(missed)).toEqual({ kind: 'missed', missed: { number: '+442071838750', waited_s: 42 } })
})
test('what people write stays theirs, even if it looks like a missed call', () => {
  expect(saidOf(row({ preview: '☎ +442071838750 · 0:42', missed: null }))).toEqual({ kind: 'words', text: '☎ +442071838750 · 0:42' })
  expect(saidOf(row({ preview: '📎' }))).toEqual({ kind: 'file' })
})
test('a row says the miss and the wait first, the whole sentence what to do', () => {
  expect(lastWord(missed)).toBe('Missed after 0:42')
  expect(wholeWord(missed)).toBe('Missed after 0:42 · call back')
})
test('a missed call whose wait is not known is only missed', () => {
  expect(lastWord({ ...missed, missed: { number: '+442071838750', waited_s: null } })).toBe('Missed call')
})
test('a number in a sentence that runs from the right is not turned round', () => {
  expect([named('+442071838750'), named('Ann'), named('')]).toEqual(['+44 20 7183 8750', 'Ann', 'Visitor'])
  taste.locale = 'fa'
  expect([named('+442071838750'), named('Ann')]).toEqual(['\u2066+44 20 7183 8750\u2069', 'Ann'])
  taste.locale = 'en'
})
