/** Finding by a few letters: the start of the text first, then starts of words, then anywhere, then letters in order. Pure. */
export interface Found<T> { item: T; score: number; at: number; length: number }

const fold = (s: string): string => s.toLocaleLowerCase().replace(/ي/g, 'ی').replace(/ك/g, 'ک').replace(/ё/g, 'е')

/** NaN: does not match. Smaller is better. */
export function scoreOf(text: string, query: string): { score: number; at: number; length: number } | null {
  const [t, q] = [fold(text), fold(query.trim())]
  if (!q) return { score: 50, at: 0, length: 0 }
  const at = t.indexOf(q)
  if (at === 0) return { score: 0, at, length: q.length }
  if (at > 0) return { score: /[\s\p{P}]/u.test(t[at - 1]!) ? 10 : 20, at, length: q.length }
  let from = -1
  for (const c of q) { from = t.indexOf(c, from + 1); if (from < 0) return null }
  return q.length > 2 ? { score: 40, at: 0, length: 0 } : null
}

export function find<T>(items: readonly T[], query: string, textOf: (item: T) => string, limit = 8): Found<T>[] {
  return items
    .flatMap((item) => { const s = scoreOf(textOf(item), query); return s ? [{ item, ...s }] : [] })
    .sort((a, b) => a.score - b.score)
    .slice(0, limit)
}
