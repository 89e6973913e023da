/** What is half written, per conversation and mode. Kept in this browser until it is sent; the list marks it. */
import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'
import type { Attachment, Id } from '@/api/types'

export interface Draft { mode: 'reply' | 'note'; reply: string; note: string; files: Attachment[]; cc: string[]; bcc: string[] }
const KEY = 'console.drafts'
const KEPT = 60
export const emptyDraft = (): Draft => ({ mode: 'reply', reply: '', note: '', files: [], cc: [], bcc: [] })
export const isEmpty = (d: Draft): boolean => !d.reply.trim() && !d.note.trim() && !d.files.length

function stored(): Record<Id, Draft> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<Id, Draft>
  } catch {
    return {}
  }
}

export const useDrafts = defineStore('drafts', () => {
  const drafts = reactive<Record<Id, Draft>>(stored())
  let timer: ReturnType<typeof setTimeout> | undefined
  function save(): void {
    const worth = Object.entries(drafts).filter(([, d]) => !isEmpty(d)).slice(-KEPT)
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(worth)))
  }
  watch(drafts, () => { clearTimeout(timer); timer = setTimeout(save, 300) }, { deep: true })
  window.addEventListener('pagehide', save)
  function of(id: Id): Draft {
    if (!drafts[id]) drafts[id] = emptyDraft()
    return drafts[id]! // read back: the one in the store is the one that is watched
  }
  /** The line a row shows instead of the last message, or nothing. */
  function mark(id: Id): string {
    const draft = drafts[id]
    return draft ? (draft.reply.trim() || draft.note.trim()).split('\n')[0]!.slice(0, 80) : ''
  }
  return { drafts, of, mark, save }
})
