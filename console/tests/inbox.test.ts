import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { conversations } from '@/api/client'
import type { Page, Row } from '@/api/types'
import { useInbox } from '@/stores/inbox'
import { row } from './cast'

vi.mock('@/api/client', () => ({ conversations: { list: vi.fn() }, session: {} }))
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
