import { describe, expect, test } from 'vitest'
import { applyRows, countsAfter, inTab, nextOf, sectionsOf } from '@/state/rows'
import { IVAN, OLGA, at, row } from './cast'

const ids = (rows: { id: string }[]): string[] => rows.map((r) => r.id)

describe('rows', () => {
  test('an older version never replaces a newer one', () => {
    const known = applyRows({}, [row({ version: 5, preview: 'new' })])
    expect(applyRows(known, [row({ version: 4, preview: 'old' })])).toBe(known)
    expect(applyRows(known, [row({ version: 6, preview: 'newest' })])['cnv_ann']!.preview).toBe('newest')
  })
  test('after one is done the next that waits for us comes, never a snoozed one', () => {
    const ours = { key: 'ours' as const, rows: [row({ id: 'a' }), row({ id: 'b' })] }
    const theirs = { key: 'theirs' as const, rows: [row({ id: 'c' })] }
    const snoozed = { key: 'snoozed' as const, rows: [row({ id: 'd' })] }
    expect(['a', 'b', 'c', 'd'].map((id) => nextOf([ours, theirs, snoozed], id))).toEqual(['b', 'a', 'a', 'a'])
    expect(nextOf([theirs, snoozed], 'c')).toBeNull()
    expect(['a', 'b'].map((id) => nextOf([{ key: 'flat', rows: ours.rows }], id))).toEqual(['b', 'a'])
  })
  test('mine is divided by who owes the next word, the longest wait on top', () => {
    const rows = applyRows({}, [
      row({ id: 'a', waiting_since: at('10:30') }), row({ id: 'b', waiting_since: at('10:10') }),
      row({ id: 'c', turn: 'theirs', waiting_since: null, last_at: at('09:00') }), row({ id: 'd', turn: 'theirs', waiting_since: null, last_at: at('09:30') }),
      row({ id: 'e', state: 'snoozed', turn: 'theirs', snoozed_until: at('09:00', 6) }), row({ id: 'f', operator_id: IVAN }), row({ id: 'g', state: 'closed' }),
    ])
    const sections = sectionsOf(rows, 'mine', OLGA)
    expect(sections.map((s) => [s.key, ids(s.rows)])).toEqual([['ours', ['b', 'a']], ['theirs', ['d', 'c']], ['snoozed', ['e']]])
  })
  test('the queue goes by priority, then by the wait', () => {
    const waiting = { state: 'queued' as const, operator_id: null }
    const rows = applyRows({}, [row({ id: 'a', ...waiting, waiting_since: at('10:20') }), row({ id: 'b', ...waiting, waiting_since: at('10:30'), priority: 1 }), row({ id: 'c', ...waiting, waiting_since: at('10:10') })])
    expect(ids(sectionsOf(rows, 'waiting', OLGA)[0]!.rows)).toEqual(['b', 'c', 'a'])
  })
  test('a line filter leaves the other lines out', () => {
    const rows = applyRows({}, [row({ id: 'a' }), row({ id: 'b', line_id: 'lin_service' })])
    expect(ids(sectionsOf(rows, 'mine', OLGA, 'lin_service')[0]!.rows)).toEqual(['b'])
  })
  test('a conversation that Ivan took leaves the queue and is not mine', () => {
    const taken = row({ operator_id: IVAN })
    expect([inTab(taken, 'waiting', OLGA), inTab(taken, 'mine', OLGA), inTab(taken, 'all', OLGA)]).toEqual([false, false, true])
  })
})

describe('counts on the tabs', () => {
  const counts = { mine: 2, waiting: 3, all: 9 }
  test('accepting moves one from waiting to mine', () => {
    expect(countsAfter(counts, row({ state: 'offered', operator_id: null }), row(), OLGA, false)).toEqual({ mine: 3, waiting: 2, all: 9 })
  })
  test('closing takes it out of every tab', () => {
    expect(countsAfter(counts, row(), row({ state: 'closed', operator_id: null }), OLGA, false)).toEqual({ mine: 1, waiting: 3, all: 8 })
  })
  test('a new conversation is counted, an unknown old one is not guessed', () => {
    const queued = row({ state: 'queued', operator_id: null })
    expect(countsAfter(counts, undefined, queued, OLGA, true)).toEqual({ mine: 2, waiting: 4, all: 10 })
    expect(countsAfter(counts, undefined, queued, OLGA, false)).toBe('unknown')
  })
})
