import { expect, test } from 'vitest'
import { applyCall, ringing, ringsFor } from '@/state/calls'
import { IVAN, OLGA, at, call } from './cast'

const lines = new Set(['lin_sales'])
const leg = call().legs[0]!

test('a leg that rings and is mine pops the card', () => {
  expect(ringsFor(call(), OLGA, new Set())).toBe(true)
  expect(ringsFor(call(), IVAN, lines)).toBe(false)
})
test('a leg of nobody rings for everybody on the line', () => {
  const open = call({ legs: [{ ...leg, operator_id: null }] })
  expect([ringsFor(open, IVAN, lines), ringsFor(open, IVAN, new Set())]).toEqual([true, false])
})
test('a call that ended does not ring again, whatever comes late', () => {
  const ended = applyCall(applyCall({}, call()), call({ state: 'ended', updated_at: at('10:05') }))
  expect(applyCall(ended, call({ updated_at: at('10:04') }))).toBe(ended)
  expect(ringing(ended, OLGA, lines, new Set())).toEqual([])
})
test('a call that was passed on stays away', () => {
  expect(ringing(applyCall({}, call()), OLGA, lines, new Set(['cal_1']))).toEqual([])
})
