/** What may be done with a conversation, in one place for buttons, keys and the palette. Problems stand in the thread's head. */
import { useToast } from '@nuxt/ui/composables'
import { reactive } from 'vue'
import { useRouter } from 'vue-router'
import { conversations } from '@/api/client'
import { Refusal } from '@/api/http'
import type { Conversation, Id, Row } from '@/api/types'
import { t } from '@/i18n'
import { named } from '@/said'
import { useInbox } from '@/stores/inbox'
import { useSession } from '@/stores/session'
import { useThreads } from '@/stores/threads'
import { restFocus } from './rest'

export const deedProblems = reactive<Record<Id, string | undefined>>({})

export function useDeeds() {
  const [threads, session, inbox, router] = [useThreads(), useSession(), useInbox(), useRouter()]
  const toast = useToast()

  async function run(id: Id, deed: () => Promise<Conversation>): Promise<Conversation | null> {
    delete deedProblems[id]
    try {
      const done = await threads.act(deed())
      restFocus()
      return done
    } catch (error) {
      deedProblems[id] = error instanceof Refusal && error.code !== 'offline' ? error.problem.taken_by ? t('offer.taken', { name: error.problem.taken_by }) : error.message : t('errors.offline')
      return null
    }
  }
  const undo = (title: string, back: () => void): void => { toast.add({ title, duration: 6000, icon: 'i-lucide-check', ui: { title: 'wrap-anywhere' }, actions: [{ label: t('undo'), color: 'primary', variant: 'link', onClick: back }] }) }

  async function close(row: Row): Promise<boolean> {
    const done = await run(row.id, () => conversations.close(row.id))
    if (done) undo(t('done.closed', { name: named(row.contact_name) }), () => void run(row.id, () => conversations.reopen(row.id)))
    return done !== null
  }
  async function snooze(row: Row, until: Date): Promise<boolean> {
    const done = await run(row.id, () => conversations.snooze(row.id, until.toISOString()))
    if (done) undo(t('done.snoozed', { name: named(row.contact_name) }), () => void run(row.id, () => conversations.wake(row.id)))
    return done !== null
  }
  const take = (row: Row): Promise<Conversation | null> => run(row.id, () => (row.operator_id && row.operator_id !== session.id ? conversations.assign(row.id, session.id) : conversations.take(row.id)))
  const assign = (row: Row, to: Id | null): Promise<Conversation | null> => run(row.id, () => conversations.assign(row.id, to))
  const reopen = (row: Row): Promise<Conversation | null> => run(row.id, () => conversations.reopen(row.id))
  const wake = (row: Row): Promise<Conversation | null> => run(row.id, () => conversations.wake(row.id))
  const spam = (row: Row): Promise<Conversation | null> => run(row.id, () => conversations.spam(row.id))
  const detach = (row: Row): Promise<Conversation | null> => run(row.id, () => conversations.lead(row.id, null))
  async function unread(row: Row): Promise<void> {
    const thread = threads.threads[row.dialogue_id]
    const last = thread?.messages.filter((m) => m.type === 'inbound').at(-1)
    inbox.markUnread(row.id)
    await router.push('/inbox/mine')
    if (last) await conversations.seen(row.id, last.seq - 1).catch(() => undefined)
  }
  return { run, close, snooze, take, assign, reopen, wake, spam, detach, unread }
}
