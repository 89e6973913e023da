/** What was typed on the wrong keyboard layout, read again as if it had been the right one. Pure. */
const EN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./"
const LAYOUTS: Record<string, string> = {
  ru: 'ёйцукенгшщзхъфывапролджэячсмитьбю.',
  fa: '‍ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو./',
}
export interface Reading { text: string; from: string }

function map(text: string, from: string, to: string): string | null {
  let changed = false
  const out = [...text.toLowerCase()].map((c) => {
    const at = from.indexOf(c)
    if (at < 0 || at >= to.length) return c
    changed = true
    return to[at]!
  })
  return changed ? out.join('') : null
}

/** Other readings of a text: from each foreign layout to Latin, and from Latin to each. The text itself is not among them. */
export function readings(text: string): Reading[] {
  const found: Reading[] = []
  for (const [name, keys] of Object.entries(LAYOUTS)) {
    const latin = map(text, keys, EN)
    if (latin && /^[\x20-\x7e]+$/.test(latin)) found.push({ text: latin, from: name })
    const foreign = /^[\x20-\x7e]+$/.test(text) ? map(text, EN, keys) : null
    if (foreign) found.push({ text: foreign, from: 'en' })
  }
  return found
}
