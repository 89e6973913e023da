/** Keys that work on every page: palette, all keys, go to, and the answers to offers and calls. */
import { onMounted, onUnmounted } from 'vue'
import { useRouter } from 'vue-router'
import { PLACES } from '@/frame/places'
import { inField, withMod } from '@/keys'
import { useCalls } from '@/stores/calls'
import { useOffers } from '@/stores/offers'
import { usePreferences } from '@/stores/preferences'
import { useUi } from '@/stores/ui'

const GO_MS = 1200

export function useFrameKeys(): void {
  const router = useRouter()
  const [ui, offers, calls, preferences] = [useUi(), useOffers(), useCalls(), usePreferences()]
  let goSince = 0

  async function answer(yes: boolean): Promise<void> {
    const call = calls.top
    if (call) {
      if (!yes) return calls.pass(call.id)
      if (call.lead_id) await router.push(`/leads/${call.lead_id}`)
      else if (call.conversation_id) await router.push(`/inbox/all/${call.conversation_id}`)
      return calls.pass(call.id)
    }
    const card = offers.open[0]
    if (!card || card.busy) return
    if (yes) {
      const writing = inField(document.activeElement)
      const taken = await offers.accept(card.offer)
      if (taken && !writing) await router.push(`/inbox/mine/${taken.id}`) // who is writing stays where they are
    } else await offers.decline(card.offer)
  }
  function onKey(event: KeyboardEvent): void {
    if (event.code === 'F8') {
      event.preventDefault()
      event.stopImmediatePropagation() // the toasts of the library would take the focus on F8
      void answer(!event.shiftKey)
      return
    }
    if (withMod(event) && event.code === 'KeyK') {
      event.preventDefault()
      if (ui.layer === 'palette') ui.close()
      else ui.open('palette')
      return
    }
    if (ui.layer || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return
    if (event.key === '?') { event.preventDefault(); return ui.open('keys') }
    if (!preferences.now.single_keys) return
    if (Date.now() - goSince < GO_MS) {
      const place = PLACES.find((p) => p.code === event.code)
      goSince = 0
      if (place) { event.preventDefault(); event.stopImmediatePropagation(); void router.push(place.to) }
    } else if (event.code === 'KeyG' && !event.shiftKey) goSince = Date.now()
  }
  onMounted(() => window.addEventListener('keydown', onKey, true))
  onUnmounted(() => window.removeEventListener('keydown', onKey, true))
}
