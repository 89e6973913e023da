/** Calls in progress and those that ring for me. The PBX carries the sound; here is only what is known about it. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { calls as api } from '@/api/client'
import type { Call, Id } from '@/api/types'
import { applyCall, ringing, type Calls } from '@/state/calls'
import { useDirectory } from './directory'
import { useSession } from './session'

export const useCalls = defineStore('calls', () => {
  const known = shallowRef<Calls>({})
  const passed = ref(new Set<Id>())
  const session = useSession()
  const directory = useDirectory()
  const myLines = computed(() => new Set(directory.lines.filter((l) => l.members.includes(session.id)).map((l) => l.id)))
  const ringingNow = computed(() => ringing(known.value, session.id, myLines.value, passed.value))
  const top = computed<Call | null>(() => ringingNow.value[0] ?? null)
  const apply = (call: Call): void => { known.value = applyCall(known.value, call) }
  const pass = (id: Id): void => { passed.value = new Set([...passed.value, id]) }
  /** A page opened while a call rings must show it too. */
  async function load(): Promise<void> {
    try {
      for (const call of (await api.list({ limit: 20 })).items) if (call.state !== 'ended') apply(call)
    } catch { /* the next event brings it */ }
  }
  return { known, ringingNow, top, apply, pass, load }
})
