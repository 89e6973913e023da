/** What hardly changes: lines, colleagues with their presence, channels, canned replies, stages. Read once, then kept by events. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { leads, settings } from '@/api/client'
import type { Canned, Channel, Id, Line, Operator, Presence } from '@/api/types'
import { useSession } from './session'

export const useDirectory = defineStore('directory', () => {
  const lines = ref<Line[]>([])
  const operators = ref<Operator[]>([])
  const channels = ref<Channel[]>([])
  const canned = ref<Canned[]>([])
  const stages = ref<string[]>(['new', 'contacted', 'qualified', 'quoted', 'won', 'lost'])
  const loaded = ref(false)

  const lineById = computed(() => new Map(lines.value.map((l) => [l.id, l])))
  const operatorById = computed(() => new Map(operators.value.map((o) => [o.id, o])))
  const lineName = (id: Id): string => lineById.value.get(id)?.name ?? ''
  const operatorName = (id: Id | null | undefined): string => (id ? operatorById.value.get(id)?.name ?? '' : '')
  /** "Ivan": how colleagues are called in sentences. */
  const firstName = (id: Id | null | undefined): string => operatorName(id).split(' ')[0] ?? ''
  const presenceOf = (id: Id): Presence | null => operatorById.value.get(id)?.presence ?? null

  async function load(): Promise<void> {
    const configure = useSession().may('configure')
    const quiet = <T>(p: Promise<{ items: T[] }>): Promise<T[] | null> => p.then((page) => page.items).catch(() => null)
    const [l, o, c, s, ch] = await Promise.all([quiet(settings.lines()), quiet(settings.operators()), quiet(settings.canned()), quiet(leads.stages()), configure ? quiet(settings.channels()) : null])
    if (l) lines.value = l
    if (o) operators.value = o
    if (c) canned.value = c
    if (s?.length) stages.value = s
    if (ch) channels.value = ch
    loaded.value = true
  }
  function applyPresence(presence: Presence): void {
    operators.value = operators.value.map((o) => (o.id === presence.operator_id ? { ...o, presence } : o))
  }
  function applyHealth(id: Id, health: Channel['health'], problem: string, said: Channel['said']): void {
    channels.value = channels.value.map((c) => (c.id === id ? { ...c, health, problem, said } : c))
  }
  return { lines, operators, channels, canned, stages, loaded, lineById, operatorById, lineName, operatorName, firstName, presenceOf, load, applyPresence, applyHealth }
})
