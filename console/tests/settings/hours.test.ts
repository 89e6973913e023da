import { describe, expect, it } from 'vitest'
import { copied, differences, dragged, drawn, hoursOf, onTrack, overlapping, parseClock, parseSpan, proposed, runs, scheduleOf, showSpan, spanOf, tidy, weekMinutes, withDaysOff, withoutDaysOff, DAYS } from '@/settings/hours'

const schedule = {
  zone: 'Europe/London', always: false,
  week: { mon: ['09:00-13:00', '14:00-18:00'], tue: ['09:00-13:00', '14:00-18:00'], wed: [], thu: ['00:00-24:00'], fri: [], sat: ['22:00-02:00'], sun: [] },
  exceptions: { '2026-12-25': [], '2026-01-10': ['10:00-17:00'] },
}

describe('a time of day as people type it', () => {
  it.each([['9', 540], ['09:30', 570], ['930', 570], ['9.30', 570], ['۹:۳۰', 570], ['١٨:٠٠', 1080], ['24:00', 1440], ['0:00', 0]])('%s is read', (text, minutes) => expect(parseClock(text)).toBe(minutes))
  it.each(['', '25', '9:75', 'noon', '24:01', '9-10'])('%s is refused', (text) => expect(parseClock(text)).toBeNull())
})

describe('a schedule in the editor', () => {
  it('comes back as it went in, whole days and nights included', () => {
    const back = scheduleOf(hoursOf(schedule))
    expect(back).toEqual({ ...schedule, exceptions: { '2026-01-10': ['10:00-17:00'], '2026-12-25': [] } })
  })
  it('an end at or before the start is the next morning', () => {
    expect(parseSpan('22:00-06:00')).toEqual({ start: 1320, end: 1800 })
    expect(showSpan(spanOf(1320, 360))).toBe('22:00-06:00')
    expect(parseSpan('09:00')).toBeNull()
  })
  it('makes touching and overlapping ranges one, in order', () => {
    expect(tidy([{ start: 840, end: 1080 }, { start: 540, end: 720 }, { start: 700, end: 840 }])).toEqual([{ start: 540, end: 1080 }])
    expect(overlapping([{ start: 540, end: 720 }, { start: 700, end: 800 }], 0)).toBe(true)
    expect(overlapping([{ start: 540, end: 720 }, { start: 720, end: 800 }], 0)).toBe(false)
  })
  it('draws and drags in quarters of an hour, inside the day', () => {
    expect(drawn(547, 1000)).toEqual({ start: 540, end: 1005 })
    expect(drawn(1000, 547)).toEqual({ start: 540, end: 1005 })
    expect(drawn(1439, 1439)).toEqual({ start: 1425, end: 1440 })
    expect(dragged({ start: 540, end: 1080 }, 'start', 10_000)).toEqual({ start: 1065, end: 1080 })
    expect(dragged({ start: 540, end: 1080 }, 'end', -37)).toEqual({ start: 540, end: 1050 })
    expect(dragged({ start: 540, end: 1080 }, 'whole', -10_000)).toEqual({ start: 0, end: 540 })
    expect(dragged({ start: 1320, end: 1560 }, 'end', 60)).toEqual({ start: 1320, end: 1560 })
  })
  it('shows what runs over midnight on the day after', () => {
    expect(onTrack([], [{ start: 1320, end: 1560 }])).toEqual([{ span: { start: 0, end: 120 }, at: -1, over: true }])
  })
  it('copies a day without tying the days together', () => {
    const week = copied(hoursOf(schedule).week, 'mon', ['wed', 'fri'])
    week.wed[0]!.start = 600
    expect(week.mon[0]!.start).toBe(540)
    expect(week.fri.map(showSpan)).toEqual(['09:00-13:00', '14:00-18:00'])
  })
  it('proposes hours after those there are', () => {
    expect(proposed([])).toEqual({ start: 540, end: 1080 })
    expect(proposed([{ start: 540, end: 720 }])).toEqual({ start: 780, end: 900 })
  })
  it('tells the week as runs of equal days, closed ones apart', () => {
    const hours = hoursOf({ ...schedule, week: { ...schedule.week, wed: ['09:00-13:00', '14:00-18:00'] } })
    expect(runs(hours.week, DAYS).map((r) => `${r.from}-${r.to}`)).toEqual(['mon-wed', 'thu-thu', 'sat-sat'])
    const gap = hoursOf({ ...schedule, week: { mon: ['09:00-10:00'], tue: [], wed: ['09:00-10:00'] } })
    expect(runs(gap.week, DAYS).map((r) => `${r.from}-${r.to}`)).toEqual(['mon-mon', 'wed-wed'])
    expect(weekMinutes(hoursOf(schedule).week)).toBe(2 * 480 + 1440 + 240)
  })
  it('counts what differs and nothing else', () => {
    const [a, b] = [hoursOf(schedule), hoursOf(schedule)]
    expect(differences(a, b)).toBe(0)
    b.week.tue = []
    b.exceptions['2026-12-26'] = []
    b.zone = 'Asia/Tehran'
    expect(differences(a, b)).toBe(3)
  })
})

describe('public holidays taken over', () => {
  const before = { '2026-01-06': [{ start: 600, end: 840 }], '2026-12-25': [] }
  it('close whole days, and leave alone what is there', () => {
    const { exceptions, added } = withDaysOff(before, ['2026-01-01', '2026-01-06', '2026-12-25', '2026-01-01'])
    expect(added).toEqual(['2026-01-01'])
    expect(exceptions).toEqual({ ...before, '2026-01-01': [] })
  })
  it('can be taken out again, but for those that were given hours', () => {
    const { exceptions, added } = withDaysOff(before, ['2026-01-01', '2026-05-01'])
    const edited = { ...exceptions, '2026-05-01': [{ start: 600, end: 720 }] }
    expect(withoutDaysOff(edited, added)).toEqual({ ...before, '2026-05-01': [{ start: 600, end: 720 }] })
  })
})
