/** The names of languages, each in the reader's own. */
import { taste } from '@/format'

export function languageName(code: string): string {
  try {
    const name = new Intl.DisplayNames(taste.locale, { type: 'language' }).of(code) ?? code
    return name.charAt(0).toLocaleUpperCase(taste.locale) + name.slice(1)
  } catch {
    return code
  }
}
/** The same in itself: how a list of languages to choose from is written. */
export function ownName(code: string): string {
  const name = new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1)
}
