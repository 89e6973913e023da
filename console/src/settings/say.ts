/** Days, dates and hours of a schedule in the reader's words: civil ones, so no zone of the browser may touch them. */
import { calendarTag, taste } from '@/format'
import { t } from '@/i18n'
import type { Civil } from './civil'
import { DAYS, showClock, type Day, type Span } from './hours'

const asDate = (iso: string): Date => new Date(`${iso}T00:00:00Z`)
const of = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat(calendarTag(), { timeZone: 'UTC', ...options })

/** A Monday is 5 January 2026. */
const sample = (day: Day): Date => new Date(Date.UTC(2026, 0, 5 + DAYS.indexOf(day)))
export const dayName = (day: Day, style: 'long' | 'short' | 'narrow' = 'long'): string => {
  const name = of({ weekday: style }).format(sample(day))
  return style === 'long' ? name.charAt(0).toLocaleUpperCase(taste.locale) + name.slice(1) : name
}
export function dateText(iso: string, weekday = true): string {
  const year = Math.abs(Date.parse(iso) - Date.now()) > 300 * 86_400_000
  const parts = of({ ...(weekday ? { weekday: 'short' as const } : {}), day: 'numeric', month: 'short', ...(year ? { year: 'numeric' as const } : {}) }).formatToParts(asDate(iso))
  if (taste.locale !== 'fa') return parts.map((p) => p.value).join('').replace(/^(\S+), /, '$1 ')
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? ''
  return [part('weekday'), part('day'), part('month'), part('year')].filter(Boolean).join(' ')
}
export const dayNumber = (iso: string): string => of({ day: 'numeric' }).formatToParts(asDate(iso)).find((p) => p.type === 'day')!.value

/** 09:00 in the digits of the language. */
export function clockText(minutes: number): string {
  const digits = new Intl.NumberFormat(taste.locale, { minimumIntegerDigits: 2 })
  const [h, m] = showClock(minutes).split(':').map(Number)
  return `${digits.format(h!)}:${digits.format(m!)}`
}
export const hourText = (hour: number): string => new Intl.NumberFormat(taste.locale, { minimumIntegerDigits: 2 }).format(hour)
export const spanText = (span: Span): string => `${clockText(span.start)}–${clockText(span.end)}`
export const spansText = (spans: readonly Span[]): string => (spans.length ? list(spans.map(spanText)) : t('settings.hours.closed'))
export const list = (items: string[]): string => new Intl.ListFormat(taste.locale, { type: 'conjunction' }).format(items)
export const civilText = (civil: Civil): string => t('settings.hours.at', { date: dateText(civil.date), time: clockText(civil.minutes) })
