/** Languages: which there are, how they count, and the two functions by which every word reaches a screen. */
import { createI18n } from 'vue-i18n'
import { shallowRef } from 'vue'
import { number } from './format'

export const LOCALES = ['en', 'ru', 'es', 'fa'] as const
export type Locale = (typeof LOCALES)[number]
/** Which CLDR categories the forms of a message stand for, in order. */
export const PLURAL_FORMS: Record<Locale, Intl.LDMLPluralRule[]> = { en: ['one', 'other'], ru: ['one', 'few', 'many'], es: ['one', 'other'], fa: ['one', 'other'] }

export const isLocale = (value: unknown): value is Locale => LOCALES.includes(value as Locale)
export const directionOf = (locale: Locale): 'ltr' | 'rtl' => (locale === 'fa' ? 'rtl' : 'ltr')

const rules = new Map(LOCALES.map((locale) => [locale, new Intl.PluralRules(locale)]))
function form(locale: Locale): (choice: number, forms: number) => number {
  return (choice, forms) => {
    const at = PLURAL_FORMS[locale].indexOf(rules.get(locale)!.select(choice))
    return Math.min(at < 0 ? forms - 1 : at, forms - 1)
  }
}

export const i18n = createI18n({
  legacy: false,
  locale: 'en' as Locale,
  fallbackLocale: 'en',
  missingWarn: false,
  fallbackWarn: false,
  pluralRules: Object.fromEntries(LOCALES.map((locale) => [locale, form(locale)])),
  messages: {},
})

const catalogues: Record<Locale, () => Promise<{ default: Record<string, unknown> }>> = {
  en: () => import('virtual:messages/en'),
  ru: () => import('virtual:messages/ru'),
  es: () => import('virtual:messages/es'),
  fa: () => import('virtual:messages/fa'),
}
/** What only the pages outside the inbox say. */
const laterCatalogues: typeof catalogues = {
  en: () => import('virtual:messages/en.more'),
  ru: () => import('virtual:messages/ru.more'),
  es: () => import('virtual:messages/es.more'),
  fa: () => import('virtual:messages/fa.more'),
}
let later = false
/** Fetches the words of the pages outside the inbox, once a language. The router asks for them before it opens such a page. */
export async function needLaterWords(): Promise<void> {
  if (later) return
  const locale = currentLocale()
  global.mergeLocaleMessage(locale, (await laterCatalogues[locale]()).default)
  later = true
}
/** The component library's own few words (close, search …), by language. */
const libraryWords: Record<Locale, () => Promise<{ default: object }>> = {
  en: () => import('@nuxt/ui/runtime/locale/en.js'),
  ru: () => import('@nuxt/ui/runtime/locale/ru.js'),
  es: () => import('@nuxt/ui/runtime/locale/es.js'),
  fa: () => import('@nuxt/ui/runtime/locale/fa_ir.js'),
}
export const libraryLocale = shallowRef<object>()

const global = i18n.global as unknown as { locale: { value: Locale }; t: (key: string, ...rest: unknown[]) => string; te: (key: string) => boolean; setLocaleMessage: (locale: Locale, messages: Record<string, unknown>) => void; mergeLocaleMessage: (locale: Locale, messages: Record<string, unknown>) => void }

export const currentLocale = (): Locale => global.locale.value

/** Loads a language and turns the page to it, direction included. */
export async function useLanguage(locale: Locale): Promise<void> {
  const [words, library, more] = await Promise.all([catalogues[locale](), libraryWords[locale](), later ? laterCatalogues[locale]() : null])
  global.setLocaleMessage(locale, { ...words.default, ...more?.default })
  libraryLocale.value = library.default
  global.locale.value = locale
  document.documentElement.lang = locale
  document.documentElement.dir = directionOf(locale)
}

/** A text of the catalogue. */
export function t(key: string, named: Record<string, unknown> = {}): string {
  return global.t(key, named)
}

/** A text that counts: chooses the form by `count` and writes `{n}` in the digits of the language. */
export function tn(key: string, count: number, named: Record<string, unknown> = {}): string {
  return global.t(key, { n: number(count), ...named }, count)
}

/** The text if the catalogue has one, else what is given instead: for codes that a newer gateway may know. */
export function tOr(key: string, instead: string, named: Record<string, unknown> = {}): string {
  return global.te(key) ? global.t(key, named) : instead
}
