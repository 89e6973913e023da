/** Files on their way up: progress, problems, and the attachment once the gateway has it. */
import { computed, onScopeDispose, ref } from 'vue'
import { files as api } from '@/api/client'
import { Refusal } from '@/api/http'
import type { Attachment } from '@/api/types'
import { t } from '@/i18n'

export interface Upload { key: string; name: string; size: number; type: string; done: number; problem: string; abort: () => void }

export function useUploads(arrived: (file: Attachment) => void) {
  const uploads = ref<Upload[]>([])
  const busy = computed(() => uploads.value.some((u) => !u.problem))
  const drop = (key: string): void => { uploads.value = uploads.value.filter((u) => u.key !== key) }

  function add(list: Iterable<File>): void {
    for (const file of list) {
      const key = crypto.randomUUID()
      const change = (part: Partial<Upload>): void => { uploads.value = uploads.value.map((u) => (u.key === key ? { ...u, ...part } : u)) }
      const { result, abort } = api.upload(file, (done) => change({ done }))
      uploads.value = [...uploads.value, { key, name: file.name, size: file.size, type: file.type, done: 0, problem: '', abort }]
      result.then((attachment) => { drop(key); arrived(attachment) }, (error: unknown) => {
        if (error instanceof DOMException) return drop(key)
        change({ problem: error instanceof Refusal && error.message ? error.message : t('errors.upload') })
      })
    }
  }
  function cancel(key: string): void {
    uploads.value.find((u) => u.key === key)?.abort()
    drop(key)
  }
  onScopeDispose(() => uploads.value.forEach((u) => u.abort()))
  return { uploads, busy, add, cancel }
}
