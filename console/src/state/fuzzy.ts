/** Finding by a few letters: the start of the text first, then starts of words, then anywhere, then letters in order. Pure. */
export interface Found<T> { item: T; score: number; at: number; length: number }

const fold = (s: string): string => s.toLocaleLowerCase().replace(/ي/g, 'ی').replace(/ك/g, 'ک').replace(/ё/g, 'е')

/** The letters in order, and near one another: in a long text some are always found. */
const SPREAD = 3
function lettersClose(text: string, query: string): boolean {
  for (let start = text.indexOf(query[0]!); start >= 0; start = text.indexOf(query[0]!, start + 1)) {
    let at = start
    for (const c of query.slice(1)) { at = text.indexOf(c, at + 1); if (at < 0) return false }
    if (at - start < SPREAD * query.length) return true
  }
  return false
}

/** NaN: does not match. Smaller is better. */
export function scoreOf(text: string, query: string): { score: number; at: number; length: number } | null {
  const [t, q] = [fold(text), fold(query.trim())]
  if (!q) return { score: 50, at: 0, length: 0 }
  const at = t.indexOf(q)
  if (at === 0) return { score: 0, at, length: q.length }
  if (at > 0) return { score: /[\s\p{P}]/u.test(t[at - 1]!) ? 10 : 20, at, length: q.length }
  if (!lettersClose(t, q)) return null
  return q.length > 2 ? { score: 40, at: 0, length: 0 } : null
}

export function find<T>(items: readonly T[], query: string, textOf: (item: T) => string, limit = 8): Found<T>[] {
  return items
    .flatMap((item) => { const s = scoreOf(textOf(item), query); return s ? [{ item, ...s }] : [] })
    .sort((a, b) => a.score - b.score)
    .slice(0, limit)
}
