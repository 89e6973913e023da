import { describe, expect, test } from 'vitest'
import { PATIENCE_MS, onEvent, onHead, onSync, onSyncFailed, onSyncStart, startAt } from '@/state/sync'
import { event } from './cast'

const seqs = (events: readonly { seq: number }[]): number[] => events.map((e) => e.seq)

describe('catching up', () => {
  test('an event that was seen is dropped', () => {
    const first = onEvent(startAt(10), event(11))
    expect(seqs(first.apply)).toEqual([11])
    expect(onEvent(first.cursor, event(11)).apply).toEqual([])
  })
  test('numbers left out prove nothing: the next event is applied at once', () => {
    expect(seqs(onEvent(startAt(10), event(15)).apply)).toEqual([15])
  })
  test('a head that stays ahead for three seconds makes us ask', () => {
    const first = onHead(startAt(10), 12, 1000)
    expect(first.ask).toBe(false)
    expect(onHead(first.cursor, 12, 1000 + PATIENCE_MS - 1).ask).toBe(false)
    expect(onHead(first.cursor, 12, 1000 + PATIENCE_MS).ask).toBe(true)
    expect(onHead(onEvent(first.cursor, event(12)).cursor, 12, 9999).ask).toBe(false)
  })
  test('live events wait while a catch-up runs and come after it, each once', () => {
    let cursor = onSyncStart(startAt(10))
    const held = onEvent(cursor, event(13))
    expect(held.apply).toEqual([])
    cursor = onEvent(held.cursor, event(14)).cursor
    const done = onSync(cursor, { events: [event(11), event(13)], head: 13 })
    expect(seqs(done.apply)).toEqual([11, 13, 14])
    expect(done.cursor).toMatchObject({ seen: 14, syncing: false, held: [] })
  })
  test('a long gap comes in pages', () => {
    const page = onSync(onSyncStart(startAt(0)), { events: [event(1), event(2)], head: 4, more: true })
    expect([page.more, page.cursor.seen, page.cursor.syncing]).toEqual([true, 2, true])
    expect(onSync(page.cursor, { events: [event(3), event(4)], head: 4, more: false }).cursor.seen).toBe(4)
  })
  test('a gap that is too long starts from the head', () => {
    const done = onSync(onSyncStart(startAt(10)), { reset: true, head: 5000 })
    expect([done.reset, done.cursor.seen, done.apply.length]).toEqual([true, 5000, 0])
  })
  test('a failed catch-up keeps the old number, so that the next one asks for everything', () => {
    const failed = onSyncFailed(onEvent(onSyncStart(startAt(10)), event(13)).cursor)
    expect(seqs(failed.apply)).toEqual([13])
    expect(failed.cursor.seen).toBe(10)
  })
})
