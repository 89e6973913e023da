/** Canned replies: found by what follows a slash, filled in with what is known. Pure. */
import type { Canned } from '@/api/types'

export interface Slash { query: string; from: number }
/** The slash word just before the caret, if there is one. */
export function slashAt(text: string, caret: number): Slash | null {
  const match = /(?:^|\s)\/([\p{L}\p{N}_-]{0,40})$/u.exec(text.slice(0, caret))
  return match ? { query: match[1]!, from: caret - match[1]!.length - 1 } : null
}

/** Shortcut first, then words of the text; those of this line and language before the others. */
export function findCanned(all: readonly Canned[], query: string, lineId: string, locale: string | null, limit = 6): Canned[] {
  const q = query.toLocaleLowerCase()
  const score = (c: Canned): number => {
    const shortcut = c.shortcut.replace(/^\//, '').toLocaleLowerCase()
    const found = shortcut.startsWith(q) ? 0 : shortcut.includes(q) ? 10 : q.length > 1 && c.text.toLocaleLowerCase().includes(q) ? 20 : NaN
    return found + (c.locale && locale && !locale.startsWith(c.locale) ? 3 : 0) + (c.line_id && c.line_id !== lineId ? 5 : 0)
  }
  return all.map((c) => ({ c, at: score(c) })).filter(({ at }) => !Number.isNaN(at)).sort((a, b) => a.at - b.at || a.c.shortcut.localeCompare(b.c.shortcut)).slice(0, limit).map(({ c }) => c)
}

/** `{{contact.first_name|there}}` and `{contact}`: what is known, else what stands after the bar, else nothing. */
export function fill(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{\s*([\w.]+)\s*(?:\|([^}]*))?\}\}|\{([\w.]+)\}/g, (whole, name: string | undefined, instead: string | undefined, short: string | undefined) => {
    const value = known[(name ?? short)!]
    return value || (name ? instead ?? '' : whole)
  })
}
