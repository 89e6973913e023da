/** One lead being looked at and edited: saves field by field, goes again where somebody else changed another field, asks where the same. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { leads } from '@/api/client'
import { Refusal } from '@/api/http'
import type { Id, Lead, LeadPage } from '@/api/types'
import { troubleOf } from '@/settings/refusal'
import { listen } from '@/stores/events'
import { changeOf, settle, type Change, type Editable } from './edit'

export interface Clash { field: Editable; mine: unknown; theirs: unknown; version: number }
const TRIES = 3

export function useLead(id: () => Id) {
  const page = shallowRef<LeadPage | null>(null)
  const trouble = ref('')
  const fieldTrouble = ref<{ field: Editable; text: string } | null>(null)
  const clash = ref<Clash | null>(null)
  const busy = ref(false)
  /** The lead as it stood when a field was entered. What others change meanwhile must not be overwritten unseen. */
  let entered: LeadPage | null = null
  const enter = (event: FocusEvent): void => { if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) entered = page.value }

  const lay = (lead: Lead): void => { if (page.value?.id === lead.id && lead.version >= page.value.version) page.value = { ...page.value, ...lead } }
  async function load(): Promise<void> {
    const wanted = id()
    try {
      const found = await leads.read(wanted)
      if (wanted === id()) page.value = found
      trouble.value = ''
    } catch (error) {
      if (wanted === id()) trouble.value = troubleOf(error).text
    }
  }
  watch(id, () => { page.value = null; clash.value = null; fieldTrouble.value = null; void load() }, { immediate: true })

  let soon: ReturnType<typeof setTimeout> | undefined
  const stop = listen((event) => {
    if (event.data.lead?.id === id()) lay(event.data.lead)
    const touches = event.lead_id === id() || page.value?.conversations.some((c) => c.id === event.conversation_id)
    if (!touches || event.type.startsWith('typing')) return
    clearTimeout(soon)
    soon = setTimeout(() => void load(), 600) // the timeline is the gateway's; several events of one deed ask once
  })
  onScopeDispose(() => { stop(); clearTimeout(soon) })

  async function change(wanted: Change, version?: number): Promise<void> {
    const base = entered?.id === page.value?.id ? entered : page.value
    entered = null
    if (!base) return
    const part = version === undefined ? changeOf(base, wanted) : wanted
    const field = Object.keys(part)[0] as Editable | undefined
    if (!field) return
    clash.value = fieldTrouble.value = null
    busy.value = true
    try {
      await send(base, part, version ?? base.version)
    } catch (error) {
      fieldTrouble.value = { field, text: troubleOf(error).text }
    } finally {
      busy.value = false
    }
  }
  async function send(base: Lead, part: Change, version: number): Promise<void> {
    let next: Change & { version: number } = { ...part, version }
    for (let tries = 0; ; tries++) {
      try {
        return lay(await leads.update(base.id, next))
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 409 || tries === TRIES) throw error
        const theirs = await leads.read(base.id)
        const verdict = settle(base, part, theirs)
        page.value = theirs
        if (verdict.kind === 'done') return
        if (verdict.kind === 'conflict') { clash.value = verdict; return }
        next = verdict.change
      }
    }
  }
  const insist = (): Promise<void> => (clash.value ? change({ [clash.value.field]: clash.value.mine } as Change, clash.value.version) : Promise.resolve())
  return { page, trouble, fieldTrouble, clash, busy, load, enter, change, insist }
}
