import { describe, expect, it } from 'vitest'
import type { Call } from '@/api/types'
import { looksOf, piecesOf } from '@/calls/looks'

const at = (second: number): string => new Date(Date.UTC(2026, 0, 5, 9, 0, second)).toISOString()
const leg = { key: '1', role: 'agent', device: '204', operator_id: 'opr_olga', state: 'ended' as const, ringing_at: at(0), answered_at: null, ended_at: at(20) }
const call = { direction: 'inbound', outcome: 'answered', state: 'ended', started_at: at(0), ended_at: at(100), legs: [leg, { ...leg, key: '2', ringing_at: at(20), answered_at: at(40), ended_at: at(100) }] } as unknown as Call

describe('a call', () => {
  it('lays its legs on one axis: who rang when, who spoke when', () => {
    expect(piecesOf(call, 0)).toEqual([
      { key: '1', pieces: [{ from: 0, to: 0.2, kind: 'rang' }] },
      { key: '2', pieces: [{ from: 0.2, to: 0.4, kind: 'rang' }, { from: 0.4, to: 1, kind: 'spoke' }] },
    ])
  })
  it('goes on until now while it rings', () => {
    const live = { ...call, state: 'ringing', ended_at: null, legs: [{ ...leg, state: 'ringing', ended_at: null }] } as unknown as Call
    expect(piecesOf(live, Date.parse(at(50)))[0]!.pieces).toEqual([{ from: 0, to: 1, kind: 'rang' }])
  })
  it('is loud only where somebody was missed', () => {
    const tone = (outcome: string): string => looksOf({ direction: 'inbound', state: 'ended', outcome }).tone
    expect([tone('answered'), tone('missed_no_answer'), tone('missed_abandoned_short'), tone('voicemail')]).toEqual(['', 'bad', 'faint', 'warn'])
  })
})
