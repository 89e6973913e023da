import { describe, expect, it } from 'vitest'
import { addDays, civilOf, dayOf, instantOf, isDate, isZone, momentOf, weekOrder, weekStart } from '@/settings/civil'
import { hoursOf } from '@/settings/hours'

const week = { mon: ['09:00-18:00'], tue: ['09:00-18:00'], wed: ['09:00-18:00'], thu: ['09:00-18:00'], fri: ['09:00-18:00'], sat: ['22:00-02:00'], sun: [] }
const hours = hoursOf({ zone: 'Europe/London', always: false, week, exceptions: { '2026-01-06': [], '2026-01-11': ['10:00-12:00'] } })

describe('civil time of a zone', () => {
  it('goes to an instant and back, over the change of clocks too', () => {
    for (const [zone, date, minutes] of [['Asia/Tehran', '2026-01-05', 540], ['Europe/London', '2026-03-29', 180], ['America/New_York', '2026-11-01', 600], ['Pacific/Kiritimati', '2026-01-05', 10]] as const) {
      expect(civilOf(zone, instantOf(zone, { date, minutes }))).toEqual({ date, minutes })
    }
    expect(new Date(instantOf('Asia/Tehran', { date: '2026-01-05', minutes: 540 })).toISOString()).toBe('2026-01-05T05:30:00.000Z')
  })
  it('knows days, dates and zones', () => {
    expect(dayOf('2026-01-05')).toBe('mon')
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
    expect([isDate('2026-02-30'), isDate('2026-02-28'), isZone('Europe/Nowhere'), isZone('UTC')]).toEqual([false, true, false, true])
  })
  it('begins the week where the reader does', () => {
    expect([weekOrder('en')[0], weekOrder('ru')[0], weekOrder('fa')[0]]).toEqual(['mon', 'mon', 'sat'])
    expect(weekStart('2026-01-05', weekOrder('fa'))).toBe('2026-01-03')
  })
})

describe('what happens at a moment', () => {
  it.each([
    ['inside the hours', '2026-01-05', 600, { open: true, opens_at: null, closes_at: { date: '2026-01-05', minutes: 1080 } }],
    ['at the very end', '2026-01-05', 1080, { open: false, opens_at: { date: '2026-01-07', minutes: 540 }, closes_at: null }],
    ['on a closed date', '2026-01-06', 600, { open: false, opens_at: { date: '2026-01-07', minutes: 540 }, closes_at: null }],
    ['after midnight of an open night', '2026-01-11', 60, { open: true, opens_at: null, closes_at: { date: '2026-01-11', minutes: 120 } }],
    ['on a date of its own hours', '2026-01-11', 650, { open: true, opens_at: null, closes_at: { date: '2026-01-11', minutes: 720 } }],
  ])('%s', (_, date, minutes, moment) => expect(momentOf(hours, { date, minutes })).toEqual(moment))
  it('a line without hours never opens, one that is always open never closes', () => {
    expect(momentOf(hoursOf({ zone: 'UTC', always: false, week: {}, exceptions: {} }), { date: '2026-01-05', minutes: 0 }).opens_at).toBeNull()
    expect(momentOf({ ...hours, always: true }, { date: '2026-01-06', minutes: 0 })).toEqual({ open: true, opens_at: null, closes_at: null })
  })
})
