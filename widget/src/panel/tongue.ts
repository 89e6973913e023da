/**
 * Words, numbers, dates of one language. Catalogues come as separate files, fetched on demand; in the built files they
 * are bare lists in the order of `__KEYS__`, which keeps each below two kilobytes.
 */
import type en from '../lang/en';
import { directionOf, type Locale } from '../shared/locale';

export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type Catalogue = { [K in keyof typeof en]: (typeof en)[K] extends string ? string : Plural };
export type Key = keyof Catalogue;
export type Values = Record<string, string | number | null | undefined>;

declare const __KEYS__: string | undefined;

const SOURCES: Record<Locale, () => Promise<{ default: Catalogue }>> = {
  en: () => import('../lang/en'),
  ru: () => import('../lang/ru'),
  es: () => import('../lang/es'),
  fa: () => import('../lang/fa'),
};
const TAGS: Record<Locale, string> = { en: 'en-GB', ru: 'ru-RU', es: 'es-ES', fa: 'fa-IR-u-ca-persian-nu-arabext' };

function unpack(found: unknown): Catalogue {
  if (!Array.isArray(found)) return found as Catalogue;
  const names = (__KEYS__ ?? '').split(' ');
  return Object.fromEntries(names.map((name, at) => [name, found[at]])) as Catalogue;
}

export interface Tongue {
  locale: Locale;
  rtl: boolean;
  t(key: Key, values?: Values): string;
  number(value: number, options?: Intl.NumberFormatOptions): string;
  time(at: string | number | Date): string;
  /** "Today, 5 January", "Monday, 29 December". */
  day(at: string | number | Date, now?: Date): string;
  /** "tomorrow, 10:30", "Friday, 9 January, 10:30": inside a sentence. */
  moment(at: string | number | Date, now?: Date): string;
  /** "Tuesday, 6 January, 10:30", whichever day it is. */
  dated(at: string | number | Date): string;
  bytes(size: number): string;
  list(names: string[]): string;
  /** `rtl` when any right-to-left letter occurs in an RTL language: first-strong fails for "Kestrel من…". */
  dirOf(text: string): 'rtl' | 'auto';
}

const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
export const daysBetween = (from: Date, to: Date): number => Math.round((midnight(to) - midnight(from)) / 864e5);

export function makeTongue(locale: Locale, words: Catalogue): Tongue {
  const tag = TAGS[locale];
  const rules = new Intl.PluralRules(locale);
  const number = (value: number, options?: Intl.NumberFormatOptions): string => new Intl.NumberFormat(tag, options).format(value);
  const t = (key: Key, values: Values = {}): string => {
    const found = words[key];
    const text = typeof found === 'string' ? found : (found[rules.select(Number(values.n))] ?? found.other);
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      return typeof value === 'number' ? number(value) : (value ?? '');
    });
  };
  const time = (at: string | number | Date): string => new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));
  const parts = (date: Date): Map<string, string> =>
    new Map(new Intl.DateTimeFormat(tag, { weekday: 'long', day: 'numeric', month: 'long' }).formatToParts(date).map((part) => [part.type, part.value]));
  const dated = (date: Date): string => `${parts(date).get('day')} ${locale === 'es' ? 'de ' : ''}${parts(date).get('month')}`;
  const near = (date: Date, now: Date): string | undefined => new Map([[0, t('today')], [1, t('tomorrow')], [-1, t('yesterday')]]).get(daysBetween(now, date));
  const far = (date: Date): string => t('at', { day: parts(date).get('weekday'), time: dated(date) });
  return {
    locale, rtl: directionOf(locale) === 'rtl', t, number, time,
    day(at, now = new Date()) {
      const date = new Date(at);
      const named = near(date, now);
      return named ? t('at', { day: named, time: dated(date) }) : capital(far(date));
    },
    moment(at, now = new Date()) {
      const date = new Date(at);
      return t('at', { day: near(date, now)?.toLocaleLowerCase(locale) ?? far(date), time: time(date) });
    },
    dated: (at) => capital(t('at', { day: far(new Date(at)), time: time(at) })),
    bytes(size) {
      const [value, unit] = size < 1e6 ? [Math.max(1, Math.round(size / 1e3)), 'kilobyte'] : [Math.ceil(size / 104_857.6) / 10, 'megabyte'];
      return number(value, { style: 'unit', unit, unitDisplay: locale === 'fa' ? 'long' : 'short' });
    },
    list: (names) => new Intl.ListFormat(locale, { type: 'disjunction' }).format(names).replace(/, or /, ' or '),
    dirOf: (text) => (directionOf(locale) === 'rtl' && /[\u0590-\u08ff\ufb1d-\ufefc]/.test(text) ? 'rtl' : 'auto'),
  };
}

export async function loadTongue(locale: Locale): Promise<Tongue> {
  return makeTongue(locale, unpack((await SOURCES[locale]()).default));
}
