/** Offers made to me: each until its time, each answered once; who was quicker is said on the card. Pure. */
import type { Id, Offer } from '@/api/types'

export interface Card { offer: Offer; taken: { by: Id | string | null; at: number } | null; busy: boolean }
export type Cards = readonly Card[]
export const TAKEN_SHOWN_MS = 2_000
const LATE_MS = 1_500

export function addOffer(cards: Cards, offer: Offer, me: Id): Cards {
  if (offer.operator_id !== me || offer.state !== 'pending') return cards
  const others = cards.filter((c) => c.offer.id !== offer.id && !(c.offer.conversation_id === offer.conversation_id && c.offer.epoch <= offer.epoch))
  return [...others, { offer, taken: null, busy: false }].sort((a, b) => a.offer.until.localeCompare(b.offer.until))
}
/** The offer is over. Accepted by somebody else: the card stays two seconds to say so; else it goes at once. */
export function endOffer(cards: Cards, ended: Pick<Offer, 'id' | 'conversation_id' | 'epoch'>, takenBy: Id | null, me: Id, now: number): Cards {
  return cards.flatMap((card) => {
    const same = card.offer.id === ended.id || (card.offer.conversation_id === ended.conversation_id && card.offer.epoch <= ended.epoch)
    if (!same || card.taken) return [card]
    return takenBy && takenBy !== me ? [{ ...card, busy: false, taken: { by: takenBy, at: now } }] : []
  })
}
export const busy = (cards: Cards, id: Id, on: boolean): Cards => cards.map((c) => (c.offer.id === id ? { ...c, busy: on } : c))
export const drop = (cards: Cards, id: Id): Cards => cards.filter((c) => c.offer.id !== id)
/** What time does to the cards: a lapsed one folds away (a little late, for clocks differ), a taken one after two seconds. */
export function tick(cards: Cards, now: number): Cards {
  const kept = cards.filter((c) => (c.taken ? now - c.taken.at < TAKEN_SHOWN_MS : now < Date.parse(c.offer.until) + LATE_MS))
  return kept.length === cards.length ? cards : kept
}
/** Never more than the whole: the clock on the screen may be a second behind. */
export const secondsLeft = (offer: Offer, now: number): number => Math.max(0, Math.ceil((Date.parse(offer.until) - Math.max(now, Date.parse(offer.made_at))) / 1000))
export const shareLeft = (offer: Offer, now: number): number => {
  const whole = Date.parse(offer.until) - Date.parse(offer.made_at)
  return whole > 0 ? Math.min(1, Math.max(0, (Date.parse(offer.until) - now) / whole)) : 0
}
