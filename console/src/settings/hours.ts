/** A line's working hours as the editor holds them: minutes after midnight, an end over 1440 runs into the next day. Pure. */
import type { Schedule } from '@/api/types'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]
export const MIDNIGHT = 1440
export const STEP = 15
const SHORTEST = STEP

export interface Span { start: number; end: number }
export type Week = Record<Day, Span[]>
export interface Hours { zone: string; always: boolean; week: Week; exceptions: Record<string, Span[]> }

const FOREIGN_ZEROS = [0x06f0, 0x0660]
const latin = (text: string): string => text.replace(/[۰-۹٠-٩]/g, (c) => String(c.charCodeAt(0) - (c.charCodeAt(0) >= FOREIGN_ZEROS[0]! ? FOREIGN_ZEROS[0]! : FOREIGN_ZEROS[1]!)))

/** "9", "930", "9.30", "09:30", "۹:۳۰" → minutes; null if it is no time of day. 24:00 is the end of the day. */
export function parseClock(text: string): number | null {
  const found = /^(\d{1,2})(?:[:.٫ ]?(\d{2}))?$/.exec(latin(text).trim())
  if (!found) return null
  const [hours, minutes] = [Number(found[1]), Number(found[2] ?? 0)]
  const value = hours * 60 + minutes
  return minutes < 60 && value <= MIDNIGHT ? value : null
}
export function showClock(minutes: number): string {
  const m = minutes > MIDNIGHT ? minutes - MIDNIGHT : minutes
  return `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`
}
/** An end at or before the start is meant for the next morning. */
export const spanOf = (start: number, end: number): Span => ({ start, end: end > start ? end : end + MIDNIGHT })
export const showSpan = (span: Span): string => `${showClock(span.start)}-${showClock(span.end)}`
export function parseSpan(text: string): Span | null {
  const [from, to, ...more] = text.split('-')
  const [start, end] = [parseClock(from ?? ''), parseClock(to ?? '')]
  return start === null || end === null || more.length ? null : spanOf(start, end)
}

export function hoursOf(schedule: Schedule): Hours {
  const spans = (texts: string[] | undefined): Span[] => (texts ?? []).map(parseSpan).filter((s) => s !== null)
  return {
    zone: schedule.zone, always: schedule.always,
    week: Object.fromEntries(DAYS.map((day) => [day, spans(schedule.week[day])])) as Week,
    exceptions: Object.fromEntries(Object.entries(schedule.exceptions).map(([date, texts]) => [date, spans(texts)])),
  }
}
export function scheduleOf(hours: Hours): Schedule {
  const texts = (spans: Span[]): string[] => tidy(spans).map(showSpan)
  return {
    zone: hours.zone, always: hours.always,
    week: Object.fromEntries(DAYS.map((day) => [day, texts(hours.week[day])])),
    exceptions: Object.fromEntries(Object.entries(hours.exceptions).sort(([a], [b]) => a.localeCompare(b)).map(([date, spans]) => [date, texts(spans)])),
  }
}

/** In order, touching and overlapping ones made one. */
export function tidy(spans: readonly Span[]): Span[] {
  const out: Span[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = out[out.length - 1]
    if (last && span.start <= last.end) last.end = Math.min(Math.max(last.end, span.end), last.start + MIDNIGHT)
    else out.push({ ...span })
  }
  return out
}
export const overlapping = (spans: readonly Span[], at: number): boolean =>
  spans.some((other, i) => i !== at && spans[at]!.start < other.end && other.start < spans[at]!.end)

const snap = (minutes: number): number => Math.round(minutes / STEP) * STEP
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

export type Grip = 'start' | 'end' | 'whole'
/** The range after one of its ends, or the whole of it, was dragged by so many minutes. */
export function dragged(span: Span, grip: Grip, by: number): Span {
  const moved = snap(by)
  if (grip === 'start') return { start: clamp(span.start + moved, 0, span.end - SHORTEST), end: span.end }
  if (grip === 'end') return { start: span.start, end: clamp(span.end + moved, span.start + SHORTEST, Math.max(MIDNIGHT, span.end)) }
  const to = clamp(span.start + moved, 0, Math.max(MIDNIGHT - (span.end - span.start), 0))
  return { start: to, end: to + span.end - span.start }
}
/** The range drawn from one point of the track to another. */
export function drawn(from: number, to: number): Span {
  const [a, b] = [snap(Math.min(from, to)), snap(Math.max(from, to))]
  return { start: clamp(a, 0, MIDNIGHT - SHORTEST), end: clamp(Math.max(b, a + SHORTEST), SHORTEST, MIDNIGHT) }
}
/** Hours that suit a day that has some already: after the last range, else nine to six. */
export function proposed(spans: readonly Span[]): Span {
  const last = tidy(spans).at(-1)
  if (!last) return { start: 540, end: 1080 }
  const start = Math.min(last.end + 60, MIDNIGHT - 60)
  return last.end > MIDNIGHT - 120 ? { start: 0, end: 60 } : { start, end: Math.min(start + 120, MIDNIGHT) }
}
export function copied(week: Week, from: Day, to: readonly Day[]): Week {
  return { ...week, ...Object.fromEntries(to.map((day) => [day, week[from].map((s) => ({ ...s }))])) } as Week
}

/** The parts of a day's ranges that lie inside it, and what runs over from the day before. */
export function onTrack(today: readonly Span[], before: readonly Span[]): { span: Span; at: number; over: boolean }[] {
  const mine = today.map((s, at) => ({ span: { start: s.start, end: Math.min(s.end, MIDNIGHT) }, at, over: false }))
  const late = before.filter((s) => s.end > MIDNIGHT).map((s) => ({ span: { start: 0, end: s.end - MIDNIGHT }, at: -1, over: true }))
  return [...late, ...mine]
}
export function weekMinutes(week: Week): number {
  return DAYS.reduce((sum, day) => sum + tidy(week[day]).reduce((s, span) => s + span.end - span.start, 0), 0)
}
/** Neighbouring days with the same hours, in the reader's order of the week. Closed days are left out. */
export function runs(week: Week, order: readonly Day[]): { from: Day; to: Day; spans: Span[] }[] {
  const out: { from: Day; to: Day; spans: Span[]; text: string }[] = []
  let open = false
  for (const day of order) {
    const spans = tidy(week[day])
    const text = spans.map(showSpan).join()
    const last = out[out.length - 1]
    if (last && open && last.text === text) last.to = day
    else if (text) out.push({ from: day, to: day, spans, text })
    open = text !== ''
  }
  return out.map(({ from, to, spans }) => ({ from, to, spans }))
}
/** These dates closed all day, those left alone that have hours of their own or are closed already; and which were new. */
export function withDaysOff(exceptions: Record<string, Span[]>, dates: readonly string[]): { exceptions: Record<string, Span[]>; added: string[] } {
  const added = [...new Set(dates)].filter((date) => !exceptions[date])
  return { exceptions: { ...exceptions, ...Object.fromEntries(added.map((date) => [date, []])) }, added }
}
/** Taken out again, except those that were given hours meanwhile. */
export function withoutDaysOff(exceptions: Record<string, Span[]>, added: readonly string[]): Record<string, Span[]> {
  return Object.fromEntries(Object.entries(exceptions).filter(([date, spans]) => spans.length || !added.includes(date)))
}
/** How many things differ: days, dates, the zone, "always". */
export function differences(a: Hours, b: Hours): number {
  const text = (spans: Span[] | undefined): string => (spans ? `[${tidy(spans).map(showSpan).join()}]` : '')
  const dates = new Set([...Object.keys(a.exceptions), ...Object.keys(b.exceptions)])
  return DAYS.filter((day) => text(a.week[day]) !== text(b.week[day])).length
    + [...dates].filter((date) => text(a.exceptions[date]) !== text(b.exceptions[date])).length
    + Number(a.zone !== b.zone) + Number(a.always !== b.always)
}
