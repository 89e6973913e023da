/** Numbers, times, durations and sizes as the reader writes them. Everything through Intl; calendar is a choice of its own. */
import { reactive } from 'vue'

export type Calendar = 'auto' | 'gregory' | 'persian'
/** How the reader wants it. Set by the preferences; reading it in a template keeps the template current. */
export const taste = reactive({ locale: 'en', calendar: 'auto' as Calendar })

const cache = new Map<string, unknown>()
function once<T>(key: string, make: () => T): T {
  const full = `${taste.locale}|${taste.calendar}|${key}`
  if (!cache.has(full)) cache.set(full, make())
  return cache.get(full) as T
}

export const calendarTag = (): string => {
  const calendar = taste.calendar === 'auto' ? (taste.locale === 'fa' ? 'persian' : 'gregory') : taste.calendar
  const region = taste.locale === 'fa' ? 'fa-IR' : taste.locale === 'en' ? 'en-GB' : taste.locale
  return `${region}-u-ca-${calendar}`
}
const dates = (key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => once(`d${key}`, () => new Intl.DateTimeFormat(calendarTag(), options))
const numbers = (key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat => once(`n${key}`, () => new Intl.NumberFormat(taste.locale, options))

export const number = (value: number, digits = 2): string => numbers(`plain${digits}`, { maximumFractionDigits: digits }).format(value)
/** A number that names something: no grouping. */
export const plain = (value: number): string => numbers('name', { useGrouping: false }).format(value)
export const percent = (share: number): string => numbers('percent', { style: 'percent', maximumFractionDigits: 0 }).format(share)

export function money(value: number | string, currency: string | null): string {
  const amount = Number(value)
  if (!currency) return number(amount)
  try {
    return numbers(`money${currency}${Number.isInteger(amount)}`, { style: 'currency', currency, maximumFractionDigits: Number.isInteger(amount) ? 0 : 2 }).format(amount)
  } catch {
    return `${number(amount)} ${currency}`
  }
}

export const time = (at: string | number | Date): string => dates('time', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at))
export const dayMonth = (at: string | number | Date): string => dates('dm', { day: 'numeric', month: 'short' }).format(new Date(at))
export const weekday = (at: string | number | Date): string => dates('wd', { weekday: 'short' }).format(new Date(at))

const DAY = 86_400_000
const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)
/** Whole local days from `now` back to `at`; negative for the days to come. */
export const daysAgo = (at: string | number | Date, now: number): number => Math.round((midnight(now) - midnight(new Date(at).getTime())) / DAY)

/** "Tuesday 6 January": day dividers. Parts are put together by hand where the stock style is year first. */
export function longDay(at: string | number | Date, now: number): string {
  const date = new Date(at)
  const sameYear = Math.abs(now - date.getTime()) < 300 * DAY
  const parts = dates(`long${sameYear}`, { weekday: 'long', day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).formatToParts(date)
  if (!calendarTag().startsWith('fa')) return parts.map((p) => p.value).join('').replace(/^(\S+), /, '$1 ')
  const of = (type: string): string => parts.find((p) => p.type === type)?.value ?? ''
  return [of('weekday'), of('day'), of('month'), of('year')].filter(Boolean).join(' ')
}

/** Date and time in full, for titles. */
export function full(at: string | number | Date): string {
  const parts = dates('full', { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  if (!calendarTag().startsWith('fa')) return parts.format(new Date(at))
  const of = (type: string): string => parts.formatToParts(new Date(at)).find((p) => p.type === type)?.value ?? ''
  return `${of('weekday')} ${of('day')} ${of('month')} ${of('year')}، ${of('hour')}:${of('minute')}`
}

/** How a time stands in a list: 10:41 today, "Mon" this week, "5 Jan" before. */
export function listTime(at: string | number | Date, now: number): string {
  const days = daysAgo(at, now)
  if (days === 0) return time(at)
  if (days === 1) return relativeDay(-1)
  return days > 1 && days < 7 ? weekday(at) : dayMonth(at)
}
/** The time to come at which something happens: 12:00, "Wed 09:00", "16 Jan 09:00". */
export function futureTime(at: string | number | Date, now: number): string {
  const days = -daysAgo(at, now)
  if (days === 0) return time(at)
  return `${days > 0 && days < 7 ? weekday(at) : dayMonth(at)} ${time(at)}`
}
export const relativeDay = (days: number): string => once('rel', () => new Intl.RelativeTimeFormat(taste.locale, { numeric: 'auto' })).format(days, 'day')

/** 0:36, 3:42, 1:02:10. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  const two = numbers('two', { minimumIntegerDigits: 2 })
  const one = numbers('one', { useGrouping: false })
  const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)]
  return h ? `${one.format(h)}:${two.format(m)}:${two.format(s % 60)}` : `${one.format(m)}:${two.format(s % 60)}`
}
type Unit = 'second' | 'minute' | 'hour' | 'day'
const unit = (value: number, name: Unit): string => numbers(`u${name}`, { style: 'unit', unit: name, unitDisplay: name === 'day' ? 'long' : 'short', maximumFractionDigits: 0 }).format(value)
const together = (parts: string[]): string => once('together', () => new Intl.ListFormat(taste.locale, { type: 'unit', style: 'narrow' })).format(parts)
const STEPS: [Unit, number][] = [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]]
/** A length of time in its two largest units, without a part that is nothing: "1 day 22 hr", "46 hr", "2 hr 14 min", "5 min". */
export function lasting(seconds: number, largest: Unit = 'day'): string {
  const steps = STEPS.slice(STEPS.findIndex(([name]) => name === largest))
  const whole = Math.max(0, Math.floor(seconds))
  const at = Math.max(0, steps.findIndex(([, size]) => whole >= size))
  const [one, two] = [steps[whole < 1 ? steps.length - 1 : at]!, steps[at + 1]]
  const first = Math.floor(whole / one[1])
  const rest = two && whole >= 1 ? Math.floor((whole - first * one[1]) / two[1]) : 0
  return together([unit(first, one[0]), ...(two && rest ? [unit(rest, two[0])] : [])])
}
/** How long somebody has waited: to the second in the first minute, in one unit while it is short, in two once it is long. */
export function span(seconds: number, fine = false): string {
  const s = Math.max(0, Math.floor(seconds))
  if (s < 60) return fine ? unit(s, 'second') : clock(s)
  if (s < 3600) return unit(Math.floor(s / 60), 'minute')
  if (fine && s < 2 * 86_400) return lasting(s)
  const [name, size] = STEPS.find(([, size]) => s >= (size === 86_400 ? 2 * size : size))!
  return unit(Math.floor(s / size), name)
}
/** 84 KB, 1.2 MB. */
export function bytes(size: number): string {
  const [value, name] = size < 1000 ? [size, 'byte'] : size < 1_000_000 ? [size / 1000, 'kilobyte'] : [size / 1_000_000, 'megabyte']
  return numbers(`b${name}`, { style: 'unit', unit: name as string, unitDisplay: taste.locale === 'fa' || name === 'byte' ? 'long' : 'short', maximumFractionDigits: name === 'megabyte' ? 1 : 0 }).format(value as number)
}
/** Two letters for an avatar; none for a number. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter((w) => /^\p{L}/u.test(w))
  return words.length ? (words[0]!.slice(0, 1) + (words.length > 1 ? words[words.length - 1]!.slice(0, 1) : words[0]!.slice(1, 2))).toLocaleUpperCase(taste.locale) : ''
}
/** What stands between two short facts. The middle dot reads as a Persian zero, so Persian has its comma. */
export const dot = (): string => (taste.locale === 'fa' ? '، ' : ' · ')
