/** Files on their way up: judged first, then progress, problems, and the attachment once the gateway has it. */
import { computed, onScopeDispose, ref } from 'vue'
import { files as api } from '@/api/client'
import { Refusal } from '@/api/http'
import type { Attachment, Id } from '@/api/types'
import { bytes } from '@/format'
import { t } from '@/i18n'
import { newId } from '@/ids'
import { faultOf } from '@/state/files'
import { useSession } from '@/stores/session'

/** `again`: what went wrong may go right the next time. `turn`: files are sent in the order in which they were chosen. */
export interface Upload { key: string; name: string; size: number; type: string; done: number; problem: string; again: boolean; abort: () => void; file: File; turn: number }

export function useUploads(arrived: (file: Attachment) => void) {
  const uploads = ref<Upload[]>([])
  const turns = new Map<Id, number>() // of what has arrived: when it was chosen, for a small file overtakes a large one
  let turn = 0
  const session = useSession()
  const busy = computed(() => uploads.value.some((u) => !u.problem))
  const drop = (key: string): void => { uploads.value = uploads.value.filter((u) => u.key !== key) }
  const change = (key: string, part: Partial<Upload>): void => { uploads.value = uploads.value.map((u) => (u.key === key ? { ...u, ...part } : u)) }

  const inTurn = (files: Attachment[]): Attachment[] => [...files].sort((a, b) => (turns.get(a.id) ?? 0) - (turns.get(b.id) ?? 0))

  function start(key: string, file: File, chosen: number): void {
    const { result, abort } = api.upload(file, (done) => change(key, { done }))
    change(key, { done: 0, problem: '', again: false, abort })
    result.then((attachment) => { drop(key); turns.set(attachment.id, chosen); arrived(attachment) }, (error: unknown) => {
      if (error instanceof DOMException) return drop(key)
      const lost = !(error instanceof Refusal) || error.status === 0
      change(key, { problem: lost || !error.message ? t('errors.upload') : error.message, again: lost || error.status >= 500 })
    })
  }
  function add(list: Iterable<File>, folders: ReadonlySet<File> = new Set()): void {
    const most = session.me?.workspace.file_bytes ?? 0
    for (const file of list) {
      const key = newId()
      const fault = faultOf(file, most, folders.has(file))
      const problem = fault ? t(`files.${fault}`, { size: bytes(file.size), most: bytes(most) }) : ''
      uploads.value = [...uploads.value, { key, name: file.name, size: file.size, type: file.type, done: 0, problem, again: false, abort: () => undefined, file, turn: ++turn }]
      if (!fault) start(key, file, turn)
    }
  }
  function again(key: string): void {
    const one = uploads.value.find((u) => u.key === key)
    if (one) start(key, one.file, one.turn)
  }
  function cancel(key: string): void {
    uploads.value.find((u) => u.key === key)?.abort()
    drop(key)
  }
  onScopeDispose(() => uploads.value.forEach((u) => u.abort()))
  return { uploads, busy, add, again, cancel, inTurn }
}
