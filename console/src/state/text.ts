/** What people wrote, cut into pieces that may be shown: plain, link, address, mention. Never as markup. Pure. */
export interface Piece { kind: 'text' | 'link' | 'mail' | 'mention'; text: string; href?: string }

const FIND = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]»”])|([\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,})|(^|\s)(@\p{L}[\p{L}\p{N}_]*)/gu

export function piecesOf(text: string, mentions = false): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  const plain = (until: number): void => { if (until > from) pieces.push({ kind: 'text', text: text.slice(from, until) }) }
  for (const match of text.matchAll(FIND)) {
    const [whole, link, mail, space, name] = match
    if (name && !mentions) continue
    const start = match.index + (name ? (space ?? '').length : 0)
    plain(start)
    if (link) pieces.push({ kind: 'link', text: link, href: link })
    else if (mail) pieces.push({ kind: 'mail', text: mail, href: `mailto:${mail}` })
    else pieces.push({ kind: 'mention', text: name! })
    from = match.index + whole.length
  }
  plain(text.length)
  return pieces
}

export const linesOf = (text: string): number => text.trim().split('\n').length

/** Control characters that turn the direction of a name hide what a file really is: shown as nothing. */
export const calm = (name: string): string => name.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
