import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { conversations } from '@/api/client'
import type { Page, Row } from '@/api/types'
import { useInbox } from '@/stores/inbox'
import { row } from './cast'

vi.mock('@/api/client', () => ({ conversations: { list: vi.fn(), counts: vi.fn(() => Promise.reject(new Error('not asked here'))) }, session: {} }))
vi.mock('@/stores/session', () => ({ useSession: () => ({ id: 'opr_olga' }) }))
const list = vi.mocked(conversations.list)
beforeEach(() => { setActivePinia(createPinia()); list.mockReset() })

test('who asks for a list that is on its way has its rows afterwards, and it is asked for once', async () => {
  let arrive: (page: Page<Row>) => void = () => undefined
  list.mockReturnValue(new Promise((done) => { arrive = done }))
  const inbox = useInbox()
  const first = inbox.load('waiting')
  const second = inbox.load('waiting').then(() => Object.keys(inbox.rows))
  arrive({ items: [row({ id: 'cnv_boris', state: 'offered', operator_id: null })], next_cursor: null })
  await first
  expect(await second).toEqual(['cnv_boris'])
  expect(list).toHaveBeenCalledTimes(1)
})
test('the next page is asked for only where there is one', async () => {
  list.mockResolvedValue({ items: [row()], next_cursor: null })
  const inbox = useInbox()
  await inbox.load('mine')
  await inbox.load('mine', true)
  expect(list).toHaveBeenCalledTimes(1)
  await inbox.load('mine')
  expect(list).toHaveBeenCalledTimes(2)
})
test('while everything is asked for anew the list stays; what is gone goes when the answer is here', async () => {
  list.mockResolvedValueOnce({ items: [row({ id: 'a' }), row({ id: 'b' })], next_cursor: null })
  const inbox = useInbox()
  await inbox.load('mine')
  let arrive: (page: Page<Row>) => void = () => undefined
  list.mockReturnValue(new Promise((done) => { arrive = done }))
  const reloaded = inbox.reload()
  expect(Object.keys(inbox.rows)).toEqual(['a', 'b'])
  inbox.apply(row({ id: 'd' }), true)
  arrive({ items: [row({ id: 'b' }), row({ id: 'c' })], next_cursor: null })
  await reloaded
  expect(Object.keys(inbox.rows).sort()).toEqual(['b', 'c', 'd'])
})
test('where the answer does not come, what was known stays', async () => {
  list.mockResolvedValueOnce({ items: [row({ id: 'a' })], next_cursor: null })
  const inbox = useInbox()
  await inbox.load('mine')
  list.mockRejectedValue(new Error('no connection'))
  await inbox.reload()
  expect(Object.keys(inbox.rows)).toEqual(['a'])
})
