import { beforeEach, describe, expect, test } from 'vitest'
import { pause } from '@/api/socket'
import { clock, daysAgo, initials, listTime, longDay, number, taste } from '@/format'
import { goalOf } from '@/state/goals'
import { snoozeChoices } from '@/state/snooze'
import { at, row } from './cast'

const now = Date.parse(at('10:46', 6))
beforeEach(() => { taste.locale = 'en'; taste.calendar = 'auto' })

describe('as the reader writes it', () => {
  test('English days, clocks and lists', () => {
    expect([longDay(at('10:00'), now), clock(222), clock(3730), listTime(at('10:41', 6), now), listTime(at('10:00', 5), now)]).toEqual(['Monday 5 January', '3:42', '1:02:10', '10:41', 'yesterday'])
  })
  test('Persian has its digits and its calendar, and the calendar is a choice of its own', () => {
    taste.locale = 'fa'
    expect([longDay(at('10:00', 6), now), number(41), clock(38)]).toEqual(['سه‌شنبه ۱۶ دی', '۴۱', '۰:۳۸'])
    taste.calendar = 'gregory'
    expect(longDay(at('10:00', 6), now)).toContain('ژانویه')
    taste.locale = 'en'
    taste.calendar = 'persian'
    expect(longDay(at('10:00', 6), now)).toContain('Dey')
  })
  test('days are counted by midnight, not by hours', () => {
    expect(daysAgo(at('23:59', 5), Date.parse(at('00:01', 6)))).toBe(1)
  })
  test('initials of a person, none of a number', () => {
    expect([initials('Ann Keller'), initials('Ann'), initials('+44 20 7946 0871')]).toEqual(['AK', 'AN', ''])
  })
})

test('a goal presses when three quarters are used, and is missed after', () => {
  const line = { no_answer_seconds: 60 }
  const level = (seconds: number): string | undefined => goalOf(row({ waiting_since: at('10:00') }), line, Date.parse(at('10:00')) + seconds * 1000)?.level
  expect([level(10), level(45), level(61)]).toEqual(['calm', 'soon', 'over'])
  expect(goalOf(row({ waiting_since: null }), line, now)).toBeNull()
})
test('snooze offers times to come that a person would name', () => {
  const friday = new Date(2026, 0, 9, 10, 2)
  const choices = snoozeChoices(friday)
  expect(choices.map((c) => c.key)).toEqual(['hour', 'afternoon', 'tomorrow', 'monday'])
  expect(choices.every((c) => c.at > friday)).toBe(true)
  expect(choices.at(-1)!.at.getDay()).toBe(1)
})
test('tries to come back grow apart and never exactly together', () => {
  expect([0, 1, 2, 3, 9].map((n) => pause(n, 0.5))).toEqual([1000, 2000, 4000, 8000, 30_000])
  expect(pause(0, 0)).not.toBe(pause(0, 1))
})
