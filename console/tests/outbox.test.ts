import { describe, expect, test } from 'vitest'
import { arrived, enqueue, mark, nextDue, settled, takeBack, type Outbox } from '@/state/outbox'
import { pending } from './cast'

const ids = (box: Outbox): string[] => box.map((p) => p.client_id)

describe('outbox', () => {
  test('the same client_id is kept once', () => {
    expect(ids(enqueue(enqueue([], pending('a')), pending('a')))).toEqual(['a'])
  })
  test('one at a time per conversation, in order; conversations do not wait for each other', () => {
    const box = [pending('a'), pending('b'), pending('c', { conversation_id: 'cnv_boris' })]
    expect(ids(nextDue(box))).toEqual(['a', 'c'])
    expect(ids(nextDue(mark(box, 'a', 'sending')))).toEqual(['c'])
    expect(ids(nextDue(arrived(box, { client_id: 'a' })))).toEqual(['b', 'c'])
  })
  test('what was refused holds back what was written after it', () => {
    expect(nextDue(mark([pending('a'), pending('b')], 'a', 'refused', 'paused'))).toEqual([])
  })
  test('after a reload nothing is on its way; it is asked again under the same client_id', () => {
    expect(settled([pending('a', { state: 'sending' })])[0]).toMatchObject({ client_id: 'a', state: 'queued' })
  })
  test('what is on its way cannot be taken back', () => {
    expect(ids(takeBack([pending('a', { state: 'sending' }), pending('b')], 'a'))).toEqual(['a', 'b'])
    expect(ids(takeBack([pending('a'), pending('b')], 'a'))).toEqual(['b'])
  })
})
