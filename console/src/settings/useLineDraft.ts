/** A line being edited: what it was, what it shall be, what differs. Saves only what differs, on the version it was read at. */
import { computed, ref, shallowRef } from 'vue'
import { settings } from '@/api/client'
import type { Id, Line } from '@/api/types'
import { useDirectory } from '@/stores/directory'
import { differences, hoursOf, scheduleOf, type Hours } from './hours'
import { troubleOf, type Trouble } from './refusal'

type Plain = Omit<Line, 'id' | 'schedule' | 'version' | 'open_now' | 'opens_at'>
const PLAIN = ['name', 'members', 'distribution', 'limit', 'counts', 'offer_seconds', 'no_answer_seconds', 'auto_close_hours', 'reopen_hours', 'first_response_seconds', 'next_response_seconds', 'responsible_first', 'grace_seconds', 'callback_missed', 'region', 'locale', 'texts', 'color', 'enabled'] as const
type Key = (typeof PLAIN)[number]
export type Draft = Pick<Plain, Key> & { hours: Hours }

const copyOf = (line: Line): Draft => JSON.parse(JSON.stringify({ ...Object.fromEntries(PLAIN.map((key) => [key, line[key]])), hours: hoursOf(line.schedule) })) as Draft
const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export function useLineDraft() {
  const base = shallowRef<Line | null>(null)
  const draft = ref<Draft | null>(null)
  const trouble = ref<Trouble | null>(null)
  const busy = ref(false)

  const changed = computed(() => (base.value && draft.value ? PLAIN.filter((key) => !sameText(base.value![key], draft.value![key])) : []))
  const hoursChanged = computed(() => (base.value && draft.value ? differences(hoursOf(base.value.schedule), draft.value.hours) : 0))
  const count = computed(() => changed.value.length + hoursChanged.value)

  function adopt(line: Line): void {
    base.value = line
    draft.value = copyOf(line)
    trouble.value = null
  }
  async function load(id: Id): Promise<void> {
    try { adopt(await settings.line(id)) } catch (error) { trouble.value = troubleOf(error) }
  }
  const discard = (): void => { if (base.value) adopt(base.value) }

  /** `over` saves on top of what somebody else saved meanwhile: only my fields, theirs stay. */
  async function save(over = false): Promise<void> {
    if (!base.value || !draft.value || busy.value) return
    busy.value = true
    try {
      const version = over ? (await settings.line(base.value.id)).version : base.value.version
      const change: Partial<Line> = { ...Object.fromEntries(changed.value.map((key) => [key, draft.value![key]])), version }
      if (hoursChanged.value) change.schedule = scheduleOf(draft.value.hours)
      adopt(await settings.changeLine(base.value.id, change))
      await useDirectory().load()
    } catch (error) {
      trouble.value = troubleOf(error)
    } finally {
      busy.value = false
    }
  }
  return { base, draft, trouble, busy, changed, hoursChanged, count, adopt, load, discard, save }
}
