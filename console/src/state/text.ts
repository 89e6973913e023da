/** What people wrote, cut into pieces that may be shown: plain, link, address, mention, long number. Never as markup. Pure. */
export interface Piece { kind: 'text' | 'link' | 'mail' | 'mention' | 'number'; text: string; href?: string }

/** Bounded, and begun at the start of a word only: a mail of a million letters is read in one go. */
const FIND = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]»”])|(?<![\p{L}\p{N}._%+-])([\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{1,250}\.\p{L}{2,63})|(^|\s)(@\p{L}[\p{L}\p{N}_]*)|(?<![\p{L}\p{N}])(\+?\d(?:[ ()-]{0,2}\d){6,})(?![\p{L}\p{N}])/gu

export function piecesOf(text: string, mentions = false): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  const plain = (until: number): void => { if (until > from) pieces.push({ kind: 'text', text: text.slice(from, until) }) }
  for (const match of text.matchAll(FIND)) {
    const [whole, link, mail, space, name, digits] = match
    if (name && !mentions) continue
    const start = match.index + (name ? (space ?? '').length : 0)
    plain(start)
    if (link) pieces.push({ kind: 'link', text: link, href: link })
    else if (mail) pieces.push({ kind: 'mail', text: mail, href: `mailto:${mail}` })
    else if (digits) pieces.push({ kind: 'number', text: digits, ...(digits.startsWith('+') ? { href: `tel:${digits.replace(/[^+\d]/g, '')}` } : {}) })
    else pieces.push({ kind: 'mention', text: name! })
    from = match.index + whole.length
  }
  plain(text.length)
  return pieces
}

/** The same on one line without marks of its own: numbers among letters from right to left keep their order. */
export const ordered = (text: string): string => (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(text) ? piecesOf(text).map((p) => (p.kind === 'text' ? p.text : `\u2066${p.text}\u2069`)).join('') : text)

export const linesOf = (text: string): number => text.trim().split('\n').length

/** A text that would fill more than a screen stands folded until it is asked for; one a little longer than that is not worth a button. */
const [FOLD_LINES, FOLD_LETTERS, LINE_LETTERS] = [28, 2200, 80]
export const isLong = (text: string): boolean => text.length > FOLD_LETTERS || text.split('\n').reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / LINE_LETTERS)), 0) > FOLD_LINES

/** Control characters that turn the direction of a name hide what a file really is: shown as nothing. */
export const calm = (name: string): string => name.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
