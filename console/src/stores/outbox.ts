/** Sends what was written here, once, in order; keeps it while there is no connection, over reloads too. Rules: state/outbox.ts. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { conversations } from '@/api/client'
import { Refusal } from '@/api/http'
import type { Id, Message } from '@/api/types'
import { newId } from '@/ids'
import { arrived, enqueue, mark, nextDue, settled, takeBack, type Outbox, type Pending } from '@/state/outbox'

const KEY = 'console.outbox'
function kept(): Outbox {
  try {
    return settled(JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Pending[])
  } catch {
    return []
  }
}

export const useOutbox = defineStore('outbox', () => {
  const box = shallowRef<Outbox>(kept())
  const waiting = computed(() => box.value.filter((p) => p.state !== 'refused').length)
  const of = (dialogueId: Id): Pending[] => box.value.filter((p) => p.dialogue_id === dialogueId)
  let onArrived: (message: Message) => void = () => undefined
  watch(box, () => sessionStorage.setItem(KEY, JSON.stringify(box.value)))

  async function carry(one: Pending): Promise<void> {
    box.value = mark(box.value, one.client_id, 'sending')
    try {
      const message = await conversations.send(one.conversation_id, {
        client_id: one.client_id, type: one.type, text: one.text, files: one.files.map((f) => f.id),
        ...(one.reply_to ? { reply_to: one.reply_to } : {}), ...(one.cc.length ? { cc: one.cc } : {}), ...(one.bcc.length ? { bcc: one.bcc } : {}),
      })
      onArrived(message)
      box.value = arrived(box.value, { client_id: one.client_id })
    } catch (error) {
      const passing = !(error instanceof Refusal) || error.passing
      box.value = mark(box.value, one.client_id, passing ? 'queued' : 'refused', passing ? '' : (error as Refusal).message)
      if (passing) return
    }
    flush()
  }
  /** Sends what is due. Called after every write and after every return of the connection; harmless at any time. */
  function flush(): void {
    for (const one of nextDue(box.value)) void carry(one)
  }
  function send(one: Omit<Pending, 'client_id' | 'at' | 'state' | 'problem'>): void {
    box.value = enqueue(box.value, { ...one, client_id: newId(), at: new Date().toISOString(), state: 'queued', problem: '' })
    flush()
  }
  function again(clientId: string): void {
    box.value = mark(box.value, clientId, 'queued')
    flush()
  }
  const back = (clientId: string): void => { box.value = takeBack(box.value, clientId) }
  const seen = (message: Message): void => { box.value = arrived(box.value, message) }
  const whenArrived = (act: (message: Message) => void): void => { onArrived = act }
  return { box, waiting, of, flush, send, again, back, seen, whenArrived }
})
