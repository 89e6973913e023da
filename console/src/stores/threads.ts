/** Opened conversations and the messages of their dialogues, cached so that switching back is immediate. Rules: state/thread.ts. */
import { defineStore } from 'pinia'
import { reactive, shallowReactive } from 'vue'
import { conversations } from '@/api/client'
import { Refusal } from '@/api/http'
import type { Conversation, Delivery, Id, Message, Row } from '@/api/types'
import { applyDelivery, mergeMessages, unreadAfter } from '@/state/thread'
import { useInbox } from './inbox'

export interface Thread { messages: Message[]; older: string | null; loaded: boolean; loading: boolean; problem: string }
const CACHED = 40

export const useThreads = defineStore('threads', () => {
  const inbox = useInbox()
  const details = shallowReactive<Record<Id, Conversation>>({})
  const threads = shallowReactive<Record<Id, Thread>>({})
  /** Where the "new" divider stands, fixed when a conversation is opened. */
  const newAfter = reactive<Record<Id, number | null>>({})
  const problems = reactive<Record<Id, { code: string; text: string } | undefined>>({})
  const recent: Id[] = []

  const set = (dialogueId: Id, change: Partial<Thread>): void => {
    threads[dialogueId] = { ...(threads[dialogueId] ?? { messages: [], older: null, loaded: false, loading: false, problem: '' }), ...change }
  }
  const touchCache = (id: Id): void => {
    const at = recent.indexOf(id)
    if (at >= 0) recent.splice(at, 1)
    recent.push(id)
    for (const old of recent.splice(0, Math.max(0, recent.length - CACHED))) delete details[old]
  }

  function adopt(conversation: Conversation): void {
    details[conversation.id] = conversation
    inbox.adopt(conversation)
  }
  /** Opens a conversation: what is cached shows at once, then both halves are asked for anew. */
  async function open(id: Id): Promise<void> {
    touchCache(id)
    delete problems[id]
    const unread = inbox.rows[id]?.unread ?? 0
    try {
      const [conversation, page] = await Promise.all([conversations.read(id), conversations.messages(id, { limit: 60 })])
      const known = threads[conversation.dialogue_id]
      const messages = mergeMessages(known?.loaded ? known.messages : [], page.items)
      set(conversation.dialogue_id, { messages, older: known?.loaded ? known.older : page.next_cursor, loaded: true, problem: '' })
      newAfter[id] = unreadAfter(messages, Math.max(unread, conversation.unread))
      adopt(conversation)
    } catch (error) {
      problems[id] = error instanceof Refusal ? { code: error.code, text: error.message } : { code: 'unexpected', text: '' }
    }
  }
  /** Nobody looks at it any more: what was new is known when they come back. */
  function leave(id: Id): void {
    delete newAfter[id]
  }
  async function older(conversation: Row): Promise<void> {
    const thread = threads[conversation.dialogue_id]
    if (!thread?.older || thread.loading) return
    set(conversation.dialogue_id, { loading: true })
    try {
      const page = await conversations.messages(conversation.id, { before: thread.older, limit: 60 })
      set(conversation.dialogue_id, { messages: mergeMessages(threads[conversation.dialogue_id]!.messages, page.items), older: page.next_cursor, loading: false })
    } catch (error) {
      set(conversation.dialogue_id, { loading: false, problem: error instanceof Refusal ? error.message || 'offline' : 'offline' })
    }
  }
  /** A message that came by event or by answer. A dialogue that was never opened stays unopened. */
  function receive(message: Message): void {
    const thread = threads[message.dialogue_id]
    if (thread?.loaded) set(message.dialogue_id, { messages: mergeMessages(thread.messages, [message]) })
  }
  function report(messageId: Id, delivery: Delivery): void {
    for (const [id, thread] of Object.entries(threads)) if (thread.messages.some((m) => m.id === messageId)) set(id, { messages: applyDelivery(thread.messages, messageId, delivery) })
  }
  function patch(id: Id, change: Partial<Conversation>): void {
    const known = details[id]
    if (known) details[id] = { ...known, ...change }
  }
  /** A row that changed: the open conversation shows it too; what may be done with it is asked anew when its state moved. */
  function applyRow(row: Row): void {
    const known = details[row.id]
    if (!known || known.version > row.version) return
    const moved = known.state !== row.state || known.operator_id !== row.operator_id || known.lead_id !== row.lead_id
    details[row.id] = { ...known, ...row }
    if (moved) void conversations.read(row.id).then(adopt).catch(() => undefined)
  }
  /** Forgets what was cached, after a gap. The one that is open stays on the screen and is replaced once it was asked for anew. */
  async function refresh(open: Id | null): Promise<void> {
    const dialogue = open ? details[open]?.dialogue_id : undefined
    for (const thread of Object.keys(threads)) if (thread !== dialogue) delete threads[thread]
    for (const id of Object.keys(details)) if (id !== open) delete details[id]
    if (dialogue) set(dialogue, { loaded: false })
  }
  /** One deed on a conversation: the answer is the conversation as it is now. */
  async function act(deed: Promise<Conversation>): Promise<Conversation> {
    const conversation = await deed
    adopt(conversation)
    return conversation
  }
  return { details, threads, newAfter, problems, open, leave, older, receive, report, patch, applyRow, refresh, adopt, act }
})
