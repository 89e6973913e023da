import { expect, test } from 'vitest'
import { saidOf } from '@/state/said'

test('a missed call is told apart from words, with who called and how long they waited', () => {
  expect(saidOf('☎ +442071838750 · 0:42')).toEqual({ kind: 'missed', number: '+442071838750', waited: 42 })
  expect(saidOf('☎ +442071838750 · 12:05')).toEqual({ kind: 'missed', number: '+442071838750', waited: 725 })
})
test('a missed call noted before waits were told is still one', () => {
  expect(saidOf('☎ +442071838750')).toEqual({ kind: 'missed', number: '+442071838750', waited: null })
})
test('what people write stays theirs, even with such signs in it', () => {
  expect(saidOf('☎ me at 6 · 0:42 please')).toEqual({ kind: 'words', text: '☎ me at 6 · 0:42 please' })
  expect(saidOf('📎')).toEqual({ kind: 'file' })
})
