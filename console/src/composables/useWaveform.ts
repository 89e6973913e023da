/** The shape of a recording, worked out here once it is played: reading one is logged as listening to it, so none is fetched for its looks.
    Kept in this browser, so that it is there at once the next time. What is long or large keeps its plain bar. */
import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Recording } from '@/api/types'
import { peaksOf } from '@/state/peaks'

const [LONGEST_S, LARGEST, RATE, KEPT] = [900, 8_000_000, 8000, 150]
const KEY = 'console.waveforms'
type Kept = Record<string, number[]>

function kept(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept
  } catch {
    return {}
  }
}
function keep(id: string, peaks: number[]): void {
  const all = Object.entries({ ...kept(), [id]: peaks }).slice(-KEPT)
  try { localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(all))) } catch { /* full: it is worked out again */ }
}
const whenIdle = (): Promise<void> => new Promise((done) => ('requestIdleCallback' in window ? requestIdleCallback(() => done(), { timeout: 2000 }) : setTimeout(done, 200)))

async function workOut(url: string, signal: AbortSignal): Promise<number[] | null> {
  const answer = await fetch(url, { credentials: 'same-origin', signal })
  if (!answer.ok || Number(answer.headers.get('content-length') ?? 0) > LARGEST) return null
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await answer.arrayBuffer())
  await whenIdle()
  return peaksOf(sound.getChannelData(0))
}

export function useWaveform(recording: () => Recording) {
  const peaks = shallowRef<number[] | null>(null)
  let stop = new AbortController()
  let asked = ''
  watch(() => recording().id, (id) => { stop.abort(); asked = ''; peaks.value = kept()[id] ?? null }, { immediate: true })
  onScopeDispose(() => stop.abort())

  /** The recording plays: its shape may be drawn. Anything that goes wrong leaves the plain bar. */
  async function played(): Promise<void> {
    const { id, url, duration_s, size } = recording()
    if (peaks.value || asked === id || !url || (duration_s ?? 0) > LONGEST_S || (size ?? 0) > LARGEST) return
    asked = id
    stop = new AbortController()
    try {
      await whenIdle()
      const found = await workOut(url, stop.signal)
      if (!found || recording().id !== id) return
      peaks.value = found
      keep(id, found)
    } catch { /* no decoder for it, or gone: the bar serves as well */ }
  }
  return { peaks, played }
}
