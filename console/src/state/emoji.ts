/** Which signs were used last: kept as one line of text, the latest first. Pure. */
const KEPT = 12
const read = (kept: string | null): string[] => (kept ?? '').split(' ').filter(Boolean)

export const withEmoji = (kept: string | null, sign: string): string => [sign, ...read(kept).filter((one) => one !== sign)].slice(0, KEPT).join(' ')
/** All signs once, those used last in front. What is no sign of ours is left out: the browser's store is anybody's. */
export function recentEmoji(kept: string | null, all: readonly string[]): string[] {
  const recent = read(kept).filter((one) => all.includes(one))
  return [...new Set([...recent, ...all])]
}
