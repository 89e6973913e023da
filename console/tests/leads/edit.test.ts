import { describe, expect, it } from 'vitest'
import type { Lead } from '@/api/types'
import { changeOf, progressOf, settle } from '@/leads/edit'
import { amountOf } from '@/leads/money'

const lead: Lead = { id: 'led_1', number: 1187, contact_id: 'con_1', contact_name: 'Ann', title: 'Oak kitchen', stage: 'quoted', line_id: 'lin_1', responsible_id: 'opr_olga', value: '18400', currency: 'GBP', next_step: 'Call', next_step_at: null, source: {}, unreachable: false, created_at: '2026-01-05T09:00:00Z', updated_at: '2026-01-05T09:00:00Z', ended_at: null, version: 3 }

describe('two people edit one lead', () => {
  it('nothing is sent that stands there already', () => {
    expect(changeOf(lead, { title: 'Oak kitchen', value: '18400.00', stage: 'won' })).toEqual({ stage: 'won' })
  })
  it('another field changed: mine goes again on the new version', () => {
    expect(settle(lead, { title: 'Oak and quartz' }, { ...lead, stage: 'won', version: 4 })).toEqual({ kind: 'again', change: { title: 'Oak and quartz', version: 4 } })
  })
  it('the same field, to the same value: done', () => {
    expect(settle(lead, { stage: 'won' }, { ...lead, stage: 'won', version: 4 })).toEqual({ kind: 'done' })
  })
  it('the same field, to another value: a person decides', () => {
    expect(settle(lead, { title: 'Mine' }, { ...lead, title: 'Theirs', version: 5 })).toEqual({ kind: 'conflict', field: 'title', mine: 'Mine', theirs: 'Theirs', version: 5 })
  })
})

describe('how far a lead is', () => {
  const stages = ['new', 'contacted', 'qualified', 'quoted', 'won', 'lost']
  it('counts the stages that lead to won', () => {
    expect(progressOf('quoted', stages)).toMatchObject({ at: 4, of: 5, lost: false })
    expect(progressOf('lost', stages)).toMatchObject({ at: 0, of: 5, lost: true })
  })
})

describe('an amount as people type it', () => {
  it.each([['18 400', '18400'], ['18,400.50', '18400.50'], ['18.400,5', '18400.5'], ['1,250', '1250'], ['۱۸۴۰۰', '18400'], ['۱۲٫۵', '12.5'], ['', ''], ['980.00', '980']])('%s', (text, amount) => expect(amountOf(text)).toBe(amount))
  it.each(['much', '-5', '1e9', '12 pounds'])('%s is none', (text) => expect(amountOf(text)).toBeNull())
})
