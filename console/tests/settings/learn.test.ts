import { expect, test } from 'vitest'
import type { CheckStep } from '@/api/client'
import { learnt } from '@/settings/learn'

const token = (detail: string, ok = true): CheckStep[] => [{ what: 'token', ok, detail, remedy: '', millis: 3, detail_said: null, remedy_said: null }]

test('a passed test fills in the name of the bot, but not over one that is there', () => {
  expect(learnt('telegram', { token: 'x' }, token('@shop_bot'))).toEqual({ token: 'x', username: '@shop_bot' })
  expect(learnt('telegram', { username: 'mine' }, token('@shop_bot'))).toEqual({ username: 'mine' })
  expect(learnt('telegram', {}, token('Telegram refuses the token.', false))).toEqual({})
  expect(learnt('telegram', {}, token('@None here'))).toEqual({})
  expect(learnt('email', {}, token('@shop_bot'))).toEqual({})
})
