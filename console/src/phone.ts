/** Telephone numbers as people read them out: the usual groups of the countries we know, threes elsewhere. Pure. */
/** Where the country ends and the number begins: one digit, one of these two, else three. */
const TWO = new Set('20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(' '))
const GROUPS: Record<string, (national: string) => number[]> = {
  1: () => [3, 3, 4], 7: () => [3, 3, 2, 2], 34: () => [3, 3, 3], 33: () => [1, 2, 2, 2, 2],
  44: (n) => (n.startsWith('2') ? [2, 4, 4] : n.startsWith('7') ? [4, 6] : [4, 3, 3]), 98: (n) => (n.startsWith('9') ? [3, 3, 4] : [2, 4, 4]),
}
/** A telephone number with spaces where people breathe. What is no international number stays as it is. */
export function phone(value: string): string {
  const digits = /^\+(\d{8,15})$/.exec(value.replace(/[\s()-]/g, ''))?.[1]
  if (!digits) return value
  const code = /^[17]/.test(digits) ? digits[0]! : digits.slice(0, TWO.has(digits.slice(0, 2)) ? 2 : 3)
  let rest = digits.slice(code.length)
  const usual = GROUPS[code]?.(rest)
  const sizes = usual && usual.reduce((a, b) => a + b) === rest.length ? usual : Array.from({ length: Math.ceil(rest.length / 3) }, (_, at, all = Math.ceil(rest.length / 3)) => (at < all - 1 ? 3 : 4))
  const parts = sizes.map((size) => { const part = rest.slice(0, size); rest = rest.slice(size); return part }).filter(Boolean)
  const last = parts.at(-1)!
  if (last.length < 2 && parts.length > 1) parts.splice(-2, 2, parts.at(-2)! + last)
  return `+${code} ${parts.join(' ')}`
}
export const isPhone = (value: string): boolean => /^\+?[\d\s()-]{5,}$/.test(value)
