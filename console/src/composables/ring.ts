/** Sounds and desktop notices. One tab leads, so that five tabs do not ring five times. Sounds are made here, none is fetched. */
import type { Row } from '@/api/types'
import { t } from '@/i18n'
import { newId } from '@/ids'
import { usePreferences } from '@/stores/preferences'

type Kind = 'message' | 'offer' | 'call'
const TONES: Record<Kind, [number, number][]> = {
  message: [[660, 0]],
  offer: [[523, 0], [784, 0.14]],
  call: [[587, 0], [740, 0.16], [587, 0.5], [740, 0.66]],
}
const TURN_MS = 300
let context: AudioContext | null = null
const channel = 'BroadcastChannel' in window ? new BroadcastChannel('console.ring') : null
const tab = newId()
const taken = new Map<string, string>()
channel?.addEventListener('message', ({ data }: MessageEvent<{ what: string; tab: string }>) => {
  const other = taken.get(data.what)
  if (!other || data.tab < other) taken.set(data.what, data.tab)
})

/** Every tab raises its hand; the smallest name rings. */
async function mine(what: string): Promise<boolean> {
  if (!channel) return true
  if (!taken.has(what) || tab < taken.get(what)!) taken.set(what, tab)
  channel.postMessage({ what, tab })
  await new Promise((resolve) => setTimeout(resolve, document.hasFocus() ? TURN_MS / 3 : TURN_MS))
  const chosen = taken.get(what) === tab
  setTimeout(() => taken.delete(what), 2_000)
  return chosen
}

function play(kind: Kind, volume: number): void {
  if (!navigator.userActivation?.hasBeenActive) return // the browser would refuse and complain
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume()
  for (const [pitch, delay] of TONES[kind]) {
    const [tone, level] = [context.createOscillator(), context.createGain()]
    const start = context.currentTime + delay
    tone.frequency.value = pitch
    level.gain.setValueAtTime(0, start)
    level.gain.linearRampToValueAtTime(volume * 0.25, start + 0.02)
    level.gain.exponentialRampToValueAtTime(0.0001, start + 0.35)
    tone.connect(level).connect(context.destination)
    tone.start(start)
    tone.stop(start + 0.4)
  }
}

export async function ring(kind: Kind, about: Partial<Row> | null): Promise<void> {
  const taste = usePreferences().now
  if (document.hasFocus() && kind === 'message') return
  if (!(await mine(`${kind}-${about?.id ?? about?.contact_name ?? ''}`))) return
  if (taste.sounds) play(kind, taste.volume)
  if (taste.desktop && !document.hasFocus() && 'Notification' in window && Notification.permission === 'granted') {
    const notice = new Notification(t(`notify.${kind}`), { body: about?.contact_name ?? '', tag: `${kind}-${about?.id ?? ''}`, icon: '/mark.svg' })
    notice.onclick = () => { window.focus(); notice.close() }
  }
}
/** Settings let people hear what they choose. */
export const tryOut = (kind: Kind, volume: number): void => play(kind, volume)
