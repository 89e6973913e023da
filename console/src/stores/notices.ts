/** Things that happened while the operator looked elsewhere. Kept in this tab only; the gateway's events make them. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

export interface Notice { key: string; kind: 'mention' | 'failed' | 'uncertain' | 'lapsed' | 'missed_call' | 'transferred'; name: string; icon: string; to: string; at: string; seen: boolean }
const KEPT = 20

export const useNotices = defineStore('notices', () => {
  const list = ref<Notice[]>([])
  const fresh = computed(() => list.value.some((n) => !n.seen))
  function add(notice: Omit<Notice, 'seen'>): void {
    list.value = [{ ...notice, seen: false }, ...list.value.filter((n) => n.key !== notice.key)].slice(0, KEPT)
  }
  const look = (): void => { list.value = list.value.map((n) => ({ ...n, seen: true })) }
  const clear = (): void => { list.value = [] }
  return { list, fresh, add, look, clear }
})
