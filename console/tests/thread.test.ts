import { describe, expect, test } from 'vitest'
import { applyDelivery, itemsOf, mergeMessages, unreadAfter } from '@/state/thread'
import { OLGA, at, delivery, message, pending } from './cast'

describe('messages of a dialogue', () => {
  test('whatever the order of arrival, they stand by their number, each once', () => {
    const thread = mergeMessages(mergeMessages([], [message(3), message(1)]), [message(2), message(3)])
    expect(thread.map((m) => m.seq)).toEqual([1, 2, 3])
  })
  test('the same client_id under another id is the same message', () => {
    const thread = mergeMessages([message(1, { id: 'local', client_id: 'c1' })], [message(2, { client_id: 'c1' })])
    expect(thread.map((m) => m.id)).toEqual(['msg_2'])
  })
  test('an older report of a delivery never overwrites a newer one', () => {
    const thread = [message(1, { type: 'outbound', delivery: delivery('read', '10:10') })]
    expect(applyDelivery(thread, 'msg_1', delivery('sent', '10:05'))[0]!.delivery!.state).toBe('read')
    expect(mergeMessages(thread, [message(1, { type: 'outbound', delivery: delivery('sent', '10:05') })])[0]!.delivery!.state).toBe('read')
    expect(applyDelivery(thread, 'msg_1', delivery('failed', '10:15'))[0]!.delivery!.state).toBe('failed')
  })
})

describe('what the thread draws', () => {
  const kinds = (...args: Parameters<typeof itemsOf>): string[] => itemsOf(...args).map((i) => i.kind)
  test('a divider per day, and one before the first unread word', () => {
    const thread = [message(1), message(2, { at: at('09:00', 6) }), message(3, { at: at('09:01', 6) })]
    expect(kinds(thread, [], 2)).toEqual(['day', 'message', 'day', 'message', 'new', 'message'])
  })
  test('nothing is new any more once one of us has answered, or is about to', () => {
    const thread = [message(1), message(2)]
    expect(kinds(thread, [pending('c1')], 0)).toEqual(['day', 'message', 'message', 'pending'])
    expect(kinds([...thread, message(3, { type: 'outbound', operator_id: OLGA })], [], 0)).not.toContain('new')
  })
  test('a note or a text of the line itself is no answer', () => {
    expect(kinds([message(1)], [pending('c1', { type: 'note' })], 0)).toContain('new')
    expect(kinds([message(1), message(2, { type: 'outbound', automatic: true })], [], 0)).toContain('new')
  })
  test('an earlier conversation ends with a divider', () => {
    expect(kinds([message(1, { conversation_id: 'cnv_old' }), message(2)], [], null)).toEqual(['day', 'message', 'earlier', 'message'])
  })
  test('what is on its way stands last, and no longer once it has come back', () => {
    const sent = message(2, { type: 'outbound', operator_id: OLGA, client_id: 'c1' })
    expect(kinds([message(1)], [pending('c1')], null)).toEqual(['day', 'message', 'pending'])
    expect(kinds([message(1), sent], [pending('c1')], null)).toEqual(['day', 'message', 'message'])
  })
  test('words of one person within three minutes are drawn together', () => {
    const items = itemsOf([message(1), message(2), message(20)], [], null).filter((i) => i.kind === 'message')
    expect(items.map((i) => i.kind === 'message' && i.follows)).toEqual([false, true, false])
  })
  test('unread is counted back over what the contact said', () => {
    const thread = [message(1), message(2, { type: 'note' }), message(3), message(4)]
    expect(unreadAfter(thread, 2)).toBe(2)
    expect(unreadAfter(thread, 0)).toBeNull()
    expect(unreadAfter(thread, 99)).toBe(0)
  })
})
