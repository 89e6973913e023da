/** The shape of a sound in a few bars: how loud each stretch is, between 0 and 1. Pure. */
export const BARS = 96

export function peaksOf(samples: Float32Array, bars = BARS): number[] {
  const step = samples.length / bars
  const loud = Array.from({ length: bars }, (_, bar) => {
    const [from, to] = [Math.floor(bar * step), Math.max(Math.floor(bar * step) + 1, Math.floor((bar + 1) * step))]
    let sum = 0
    for (let at = from; at < to && at < samples.length; at++) sum += samples[at]! * samples[at]!
    return Math.sqrt(sum / (to - from))
  })
  const most = Math.max(...loud)
  return loud.map((value) => (most > 0 ? Math.round((value / most) * 100) / 100 : 0))
}
