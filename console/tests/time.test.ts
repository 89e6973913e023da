import { beforeEach, describe, expect, test } from 'vitest'
import { pause } from '@/api/socket'
import { clock, daysAgo, initials, lasting, listTime, longDay, number, span, taste } from '@/format'
import { phone } from '@/phone'
import { goalOf, goalSeconds, minutesOf, secondsOf } from '@/state/goals'
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
  test('a length of time has its two largest units and no part that is nothing', () => {
    const all = (locale: string): string[] => { taste.locale = locale; return [46 * 3600, 50 * 3600, 8040, 300, 42, 0].map((s) => lasting(s)) }
    expect(all('en')).toEqual(['1 day 22 hr', '2 days 2 hr', '2 hr 14 min', '5 min', '42 sec', '0 sec'])
    expect(all('ru').slice(0, 3)).toEqual(['1 день 22 ч', '2 дня 2 ч', '2 ч 14 мин'])
    expect(all('fa').slice(0, 3)).toEqual(['۱ روز ۲۲ ساعت', '۲ روز ۲ ساعت', '۲ ساعت ۱۴ دقیقه'])
    taste.locale = 'en'
    expect([lasting(46 * 3600, 'hour'), lasting(46.5 * 3600, 'hour')]).toEqual(['46 hr', '46 hr 30 min'])
  })
  test('a wait is counted to the second, then by the minute, the hour, the day', () => {
    expect([24, 300, 7200, 46 * 3600, 3 * 86_400].map((s) => span(s))).toEqual(['0:24', '5 min', '2 hr', '46 hr', '3 days'])
    expect([24, 3600, 8040, 46 * 3600, 3 * 86_400].map((s) => span(s, true))).toEqual(['24 sec', '1 hr', '2 hr 14 min', '1 day 22 hr', '3 days'])
  })
  test('a telephone number is written so that it can be read out, and nothing else is touched', () => {
    expect(['+442071838750', '+447700900123', '+12125550123', '+74951234567', '+982155500018', '+34911234567', '+4930123456', '+3531234567'].map(phone))
      .toEqual(['+44 20 7183 8750', '+44 7700 900123', '+1 212 555 0123', '+7 495 123 45 67', '+98 21 5550 0018', '+34 911 234 567', '+49 301 234 56', '+353 123 4567'])
    expect(['101', '020 7183 8750', 'Ann', ''].map(phone)).toEqual(['101', '020 7183 8750', 'Ann', ''])
  })
  test('initials of a person, none of a number', () => {
    expect([initials('Ann Keller'), initials('Ann'), initials('+44 20 7946 0871')]).toEqual(['AK', 'AN', ''])
  })
})

test('a goal presses when three quarters are used, and is missed after', () => {
  const line = { no_answer_seconds: 60, first_response_seconds: {}, next_response_seconds: {} }
  const level = (seconds: number): string | undefined => goalOf(row({ waiting_since: at('10:00') }), line, Date.parse(at('10:00')) + seconds * 1000)?.level
  expect([level(10), level(45), level(61)]).toEqual(['calm', 'soon', 'over'])
  expect(goalOf(row({ waiting_since: null }), line, now)).toBeNull()
})
test('the first word of ours and each further one have goals of their own, which the line may name', () => {
  const silent = { no_answer_seconds: 0, first_response_seconds: {}, next_response_seconds: {} }
  const line = { ...silent, first_response_seconds: { webchat: 120 }, next_response_seconds: { webchat: 600 } }
  const goal = (first_reply_at: string | null): unknown => { const found = goalOf(row({ waiting_since: at('10:00'), first_reply_at }), line, Date.parse(at('10:01'))); return [found?.word, found?.seconds, found?.share] }
  expect([goal(null), goal(at('09:30'))]).toEqual([['first', 120, 0.5], ['next', 600, 0.1]])
  expect([goalSeconds('webchat', 'first', silent), goalSeconds('telegram', 'first', line), goalSeconds('email', 'next', undefined)]).toEqual([60, 900, 14_400])
  expect(goalSeconds('webchat', 'first', { ...silent, no_answer_seconds: 90 })).toBe(90)
  expect(goalSeconds('webchat', 'next', { ...line, next_response_seconds: {} })).toBe(120)
})
test('goals are typed in minutes and kept in seconds', () => {
  expect([minutesOf(90), minutesOf(14_400), minutesOf(undefined)]).toEqual([1.5, 240, ''])
  expect([secondsOf('1.5'), secondsOf('240'), secondsOf(''), secondsOf('-3'), secondsOf('0.001')]).toEqual([90, 14_400, undefined, undefined, 1])
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
