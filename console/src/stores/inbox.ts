/** The list: rows of conversations, fed by pages and kept by events. Decides no order itself: state/rows.ts does. */
import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import { conversations } from '@/api/client'
import { Refusal } from '@/api/http'
import type { Conversation, Counts, Id, Row, Tab } from '@/api/types'
import { applyRows, countsAfter, inTab, sectionsOf, type Rows } from '@/state/rows'
import { useSession } from './session'

interface TabPages { loaded: boolean; loading: boolean; next: string | null; problem: string }
const pages = (): TabPages => ({ loaded: false, loading: false, next: null, problem: '' })
const NONE: Counts = { mine: 0, mine_unread: 0, waiting: 0, all: 0, offers: 0, load: { used: 0, limit: 4 }, quarantine: 0 }

export const useInbox = defineStore('inbox', () => {
  const session = useSession()
  const rows = shallowRef<Rows>({})
  const counts = ref<Counts>({ ...NONE })
  const tabs = reactive<Record<Tab, TabPages>>({ mine: pages(), waiting: pages(), all: pages(), closed: pages() })
  const line = ref<Id | null>(null)
  /** Ids that a text search found, or null where no search is on. */
  const found = shallowRef<{ query: string; ids: Id[] } | null>(null)
  const typing = reactive<Record<Id, { name: string; text?: string | undefined; until: number }>>({})
  const viewing = reactive<Record<Id, { operator_id: Id; replying: boolean }[]>>({})

  /** What I have read, until the gateway's rows say so too: a page that was asked for earlier must not bring the mark back. */
  const read: Record<Id, string> = {}
  const seenHere = (row: Row): Row => (row.unread > 0 && read[row.id] && (row.last_at ?? '') <= read[row.id]! ? { ...row, unread: 0 } : row)
  const lay = (incoming: readonly Row[]): void => { rows.value = applyRows(rows.value, incoming.map(seenHere)) }

  const mine = computed(() => Object.values(rows.value).filter((row) => inTab(row, 'mine', session.id)))
  /** How many of mine wait for a word of ours: the number on the rail. */
  const attention = computed(() => (tabs.mine.loaded ? mine.value.filter((row) => row.turn === 'ours' && row.state !== 'snoozed').length : counts.value.mine_unread))
  const sections = (tab: Tab): ReturnType<typeof sectionsOf> => sectionsOf(rows.value, tab, session.id, line.value)

  const running: Partial<Record<Tab, Promise<void>>> = {}
  /** Who asks while a page is on its way waits for that one. */
  function load(tab: Tab, more = false): Promise<void> {
    if (more && (tabs[tab].loading || !tabs[tab].next)) return Promise.resolve()
    return tabs[tab].loading ? running[tab]! : (running[tab] = fetchPage(tab, more))
  }
  async function fetchPage(tab: Tab, more: boolean): Promise<void> {
    const page = tabs[tab]
    page.loading = true
    try {
      const answer = await conversations.list(tab, { cursor: more ? page.next : null, line_id: line.value, limit: 100 })
      lay(answer.items)
      for (const row of answer.items) renewed?.add(row.id)
      Object.assign(page, { loaded: true, next: answer.next_cursor, problem: '' })
    } catch (error) {
      page.problem = error instanceof Refusal ? error.message || 'offline' : 'offline'
    } finally {
      page.loading = false
    }
  }
  async function loadCounts(): Promise<void> {
    try {
      counts.value = await conversations.counts()
    } catch { /* the numbers stay as they were; the bar says that there is no connection */ }
  }
  let later: ReturnType<typeof setTimeout> | undefined
  function countLater(): void {
    clearTimeout(later)
    later = setTimeout(() => void loadCounts(), 1500)
  }
  /** A row that changed. `isNew`: the event says that it did not exist before. */
  function apply(row: Row, isNew = false): void {
    const before = rows.value[row.id]
    if (before && before.version > row.version) return
    const next = countsAfter(counts.value, before, row, session.id, isNew)
    if (next === 'unknown') countLater()
    else counts.value = { ...counts.value, ...next }
    if (before?.operator_id !== row.operator_id || before?.state !== row.state) countLater()
    lay([row])
    if (row.last_from === 'contact') delete typing[row.id]
  }
  function markRead(row: Row): void {
    read[row.id] = row.last_at ?? ''
    touch(row.id, { unread: 0 })
  }
  function markUnread(id: Id): void {
    delete read[id]
    touch(id, { unread: 1 })
  }
  function touch(id: Id, change: Partial<Row>): void {
    const row = rows.value[id]
    if (row) rows.value = { ...rows.value, [id]: { ...row, ...change } }
  }
  function adopt(conversation: Conversation): void {
    const { contact: _c, lead: _l, line: _n, channel: _h, offer: _o, previous: _p, can: _a, reopen_until: _r, ...row } = conversation
    apply(row)
  }
  async function search(query: string): Promise<void> {
    if (!query.trim()) { found.value = null; return }
    const answer = await conversations.list('all', { q: query, limit: 50 })
    lay(answer.items)
    found.value = { query, ids: answer.items.map((row) => row.id) }
  }
  /** Everything again: after a gap that was too long to catch up. What is on the screen stays until the answers are here. */
  let renewed: Set<Id> | null = null
  async function reload(): Promise<void> {
    const open = (Object.keys(tabs) as Tab[]).filter((tab) => tabs[tab].loaded)
    const before = Object.keys(rows.value)
    const mine = (renewed = new Set<Id>())
    for (const tab of open) tabs[tab] = { ...pages(), loaded: true }
    await Promise.all([loadCounts(), ...open.map((tab) => load(tab))])
    if (mine !== renewed) return
    renewed = null
    if (open.some((tab) => tabs[tab].problem)) return
    const gone = new Set(before.filter((id) => !mine.has(id)))
    rows.value = Object.fromEntries(Object.entries(rows.value).filter(([id]) => !gone.has(id)))
  }
  async function setLine(id: Id | null): Promise<void> {
    line.value = id
    for (const tab of Object.keys(tabs) as Tab[]) tabs[tab] = pages()
  }
  return { rows, counts, tabs, line, found, typing, viewing, mine, attention, sections, load, loadCounts, apply, markRead, markUnread, adopt, search, reload, setLine }
})
