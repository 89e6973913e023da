/** Keeps every store current: opens the socket, catches up by sequence, and hands each event to the stores it concerns. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { openSocket, type Line } from '@/api/socket'
import type { ConsoleEvent, Id, TypingNotice, ViewingNotice } from '@/api/types'
import { onEvent, onHead, onSync, onSyncFailed, onSyncStart, startAt, type Cursor } from '@/state/sync'
import { useCalls } from './calls'
import { useDirectory } from './directory'
import { useInbox } from './inbox'
import { routeEvent } from './events'
import { useOffers } from './offers'
import { useOutbox } from './outbox'
import { useSession } from './session'
import { useThreads } from './threads'

const TYPING_SHOWN_MS = 8_000

export const useLive = defineStore('live', () => {
  const connected = ref(false)
  const everUp = ref(false)
  const downSince = ref(Date.now())
  const nextTryAt = ref(0)
  const router = useRouter()
  let cursor: Cursor = startAt(0)
  let line: Line | null = null
  let watch: ReturnType<typeof setInterval> | undefined
  let lastHead = 0

  const take = (events: readonly ConsoleEvent[]): void => { for (const event of events) routeEvent(event) }

  async function catchUp(): Promise<void> {
    if (!line || cursor.syncing) return
    cursor = onSyncStart(cursor)
    try {
      for (let more = true; more;) {
        const answer = await line.sync(cursor.seen)
        const step = onSync(cursor, answer)
        cursor = step.cursor
        more = step.more
        if (step.reset) await reset()
        take(step.apply)
      }
    } catch {
      const failed = onSyncFailed(cursor)
      cursor = failed.cursor
      take(failed.apply)
    }
  }
  async function reset(): Promise<void> {
    const { name, params } = router.currentRoute.value
    const open = name === 'inbox' && typeof params['id'] === 'string' && params['id'] ? params['id'] : null
    await Promise.all([useInbox().reload(), useDirectory().load(), useThreads().refresh(open)])
    if (open) await useThreads().open(open)
  }
  function up(): void {
    connected.value = true
    everUp.value = true
    void catchUp().then(() => useOutbox().flush())
  }
  function down(next: number): void {
    if (connected.value || !everUp.value) downSince.value = connected.value ? Date.now() : downSince.value
    connected.value = false
    everUp.value = true
    nextTryAt.value = next
  }
  function typed(notice: TypingNotice): void {
    const inbox = useInbox()
    if (notice.who === useSession().id) return
    if (notice.on) inbox.typing[notice.conversation_id] = { name: notice.name, text: notice.text, until: Date.now() + TYPING_SHOWN_MS }
    else delete inbox.typing[notice.conversation_id]
  }
  function viewed(notice: ViewingNotice): void {
    const inbox = useInbox()
    if (notice.operator_id === useSession().id) return
    const others = (inbox.viewing[notice.conversation_id] ?? []).filter((v) => v.operator_id !== notice.operator_id)
    inbox.viewing[notice.conversation_id] = notice.on ? [...others, { operator_id: notice.operator_id, replying: notice.replying }] : others
  }
  function everySecond(): void {
    useOffers().step()
    const inbox = useInbox()
    for (const [id, t] of Object.entries(inbox.typing)) if (t.until < Date.now()) delete inbox.typing[id]
    if (lastHead > cursor.seen) {
      const seen = onHead(cursor, lastHead, Date.now())
      cursor = seen.cursor
      if (seen.ask) void catchUp()
    }
  }
  async function start(): Promise<void> {
    const session = useSession()
    cursor = startAt(session.me?.head ?? 0)
    downSince.value = Date.now()
    useOutbox().whenArrived((message) => useThreads().receive(message))
    line = openSocket({
      event: (event) => { const step = onEvent(cursor, event); cursor = step.cursor; take(step.apply) },
      head: (seq) => { lastHead = seq; cursor = onHead(cursor, seq, Date.now()).cursor },
      typing: typed, viewing: viewed, up, down,
      revoked: () => { session.me = null; void router.push({ name: 'sign-in' }) },
    })
    watch = setInterval(everySecond, 1000)
    await Promise.all([useDirectory().load(), useInbox().loadCounts()])
    await useInbox().load('waiting')
    if (!useInbox().tabs.mine.loaded) void useInbox().load('mine') // what waits for me counts on every page
    await Promise.all([useOffers().load(), useCalls().load()])
  }
  function stop(): void {
    clearInterval(watch)
    line?.close()
    line = null
  }
  const tryNow = (): void => { nextTryAt.value = Date.now(); line?.tryNow() }
  const typing = (id: Id, on: boolean): void => line?.typing(id, on)
  const viewing = (id: Id | null, replying: boolean): void => line?.viewing(id, replying)
  return { connected, everUp, downSince, nextTryAt, start, stop, tryNow, typing, viewing }
})
