import { describe, expect, test } from 'vitest'
import { addOffer, endOffer, secondsLeft, shareLeft, tick } from '@/state/offers'
import { IVAN, OLGA, at, offer } from './cast'

const now = Date.parse(at('10:00'))

describe('offers', () => {
  test('only mine, only while they are open, and a newer epoch replaces the older', () => {
    expect(addOffer([], offer({ operator_id: IVAN }), OLGA)).toEqual([])
    expect(addOffer([], offer({ state: 'lapsed' }), OLGA)).toEqual([])
    const cards = addOffer(addOffer([], offer(), OLGA), offer({ id: 'ofr_2', epoch: 4 }), OLGA)
    expect(cards.map((c) => c.offer.id)).toEqual(['ofr_2'])
  })
  test('taken by Ivan is said for two seconds, then the card folds away', () => {
    const cards = endOffer(addOffer([], offer(), OLGA), offer({ id: 'other' }), IVAN, OLGA, now)
    expect(cards[0]!.taken).toEqual({ by: IVAN, at: now })
    expect(tick(cards, now + 1999)).toHaveLength(1)
    expect(tick(cards, now + 2000)).toHaveLength(0)
  })
  test('what I accepted elsewhere goes without a word', () => {
    expect(endOffer(addOffer([], offer(), OLGA), offer(), OLGA, OLGA, now)).toEqual([])
  })
  test('a lapsed card goes a moment after its time', () => {
    const cards = addOffer([], offer(), OLGA)
    expect(tick(cards, now + 60_500)).toBe(cards)
    expect(tick(cards, now + 62_000)).toEqual([])
  })
  test('the ring shows what is left', () => {
    expect([secondsLeft(offer(), now + 22_000), shareLeft(offer(), now + 30_000)]).toEqual([38, 0.5])
  })
})
