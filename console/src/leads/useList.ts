/** A list read page by page, with the query in the address. Answers that come too late are dropped. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { Page } from '@/api/types'
import { troubleOf } from '@/settings/refusal'

export function useList<T extends { id: string }>(query: () => Record<string, string>, read: (query: Record<string, string>) => Promise<Page<T>>) {
  const items = shallowRef<T[] | null>(null)
  const next = ref<string | null>(null)
  const trouble = ref('')
  const busy = ref(false)
  let turn = 0
  let wait: ReturnType<typeof setTimeout> | undefined

  async function load(more = false): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const page = await read({ ...query(), ...(more && next.value ? { cursor: next.value } : {}) })
      if (mine !== turn) return
      const known = new Set(more ? items.value?.map((i) => i.id) : [])
      items.value = [...(more ? items.value ?? [] : []), ...page.items.filter((i) => !known.has(i.id))]
      next.value = page.next_cursor
      trouble.value = ''
    } catch (error) {
      if (mine === turn) trouble.value = troubleOf(error).text
    } finally {
      if (mine === turn) busy.value = false
    }
  }
  watch(query, () => { clearTimeout(wait); wait = setTimeout(() => void load(), items.value ? 200 : 0) }, { immediate: true, deep: true })
  onScopeDispose(() => { clearTimeout(wait); turn++ })

  /** A changed row takes its place; a new one goes on top where it belongs to what is shown. */
  function apply(item: T, belongs = true): void {
    const list = items.value
    if (!list) return
    const at = list.findIndex((i) => i.id === item.id)
    if (at >= 0) items.value = list.map((i) => (i.id === item.id ? { ...i, ...item } : i))
    else if (belongs) items.value = [item, ...list]
  }
  return { items, next, trouble, busy, load, apply }
}
