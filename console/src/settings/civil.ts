/** Dates and times of a line's own zone. Civil dates are ISO texts; only here do they become instants and back. Pure. */
import { DAYS, MIDNIGHT, tidy, type Day, type Hours, type Span } from './hours'

const DAY_MS = 86_400_000
export const LOOK_AHEAD_DAYS = 366

export interface Civil { date: string; minutes: number }

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(zone: string): Intl.DateTimeFormat {
  if (!formats.has(zone)) formats.set(zone, new Intl.DateTimeFormat('en-CA-u-ca-gregory-nu-latn', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }))
  return formats.get(zone)!
}
export function isZone(zone: string): boolean {
  try { return Boolean(formatOf(zone)) } catch { return false }
}
/** What the clocks of the zone show at an instant. */
export function civilOf(zone: string, at: number): Civil {
  const parts = Object.fromEntries(formatOf(zone).formatToParts(at).map((p) => [p.type, p.value]))
  return { date: `${parts['year']}-${parts['month']}-${parts['day']}`, minutes: Number(parts['hour']) * 60 + Number(parts['minute']) }
}
/** The instant at which the clocks show this; where clocks jump, the nearest one. */
export function instantOf(zone: string, civil: Civil): number {
  const wanted = Date.parse(`${civil.date}T00:00:00Z`) + civil.minutes * 60_000
  let at = wanted
  for (let turn = 0; turn < 3; turn++) {
    const shown = civilOf(zone, at)
    at += wanted - (Date.parse(`${shown.date}T00:00:00Z`) + shown.minutes * 60_000)
  }
  return at
}
export const addDays = (date: string, days: number): string => new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
export const dayOf = (date: string): Day => DAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]!
export const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && addDays(text, 0) === text

export const spansOn = (hours: Hours, date: string): Span[] => tidy(hours.exceptions[date] ?? hours.week[dayOf(date)])

export interface Moment { open: boolean; opens_at: Civil | null; closes_at: Civil | null }
/** What happens at a civil moment. The gateway decides in truth; this is for hours that are not saved yet. */
export function momentOf(hours: Hours, at: Civil): Moment {
  if (hours.always) return { open: true, opens_at: null, closes_at: null }
  const reach = (days: number): Span[] => Array.from({ length: days + 2 }, (_, i) => i - 1).flatMap((offset) =>
    spansOn(hours, addDays(at.date, offset)).map((s) => ({ start: s.start + offset * MIDNIGHT, end: s.end + offset * MIDNIGHT })))
  const near = tidyLong(reach(8))
  const now = near.find((s) => s.start <= at.minutes && at.minutes < s.end)
  const civil = (minutes: number): Civil => ({ date: addDays(at.date, Math.floor(minutes / MIDNIGHT)), minutes: ((minutes % MIDNIGHT) + MIDNIGHT) % MIDNIGHT })
  if (now) return { open: true, opens_at: null, closes_at: now.end >= 8 * MIDNIGHT ? null : civil(now.end) }
  const next = near.find((s) => s.start > at.minutes) ?? tidyLong(reach(LOOK_AHEAD_DAYS)).find((s) => s.start > at.minutes)
  return { open: false, opens_at: next ? civil(next.start) : null, closes_at: null }
}
function tidyLong(spans: Span[]): Span[] {
  const out: Span[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = out[out.length - 1]
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else out.push({ ...span })
  }
  return out
}

/** The days of the week, beginning where the reader's week begins. */
export function weekOrder(locale: string): Day[] {
  const known: Record<string, number> = { fa: 6 }
  const intl = new Intl.Locale(locale === 'en' ? 'en-GB' : locale === 'fa' ? 'fa-IR' : locale) as Intl.Locale & { getWeekInfo?: () => { firstDay: number } }
  const first = (intl.getWeekInfo?.().firstDay ?? known[locale] ?? 1) - 1
  return DAYS.map((_, i) => DAYS[(i + first) % 7]!)
}
/** The first date of the week, as the reader counts weeks, that holds this date. */
export function weekStart(date: string, order: readonly Day[]): string {
  return addDays(date, -order.indexOf(dayOf(date)))
}
