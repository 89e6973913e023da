/** Offers made to me, and the two answers to them. Rules: state/offers.ts. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { conversations } from '@/api/client'
import { Refusal } from '@/api/http'
import type { Conversation, Id, Offer } from '@/api/types'
import { addOffer, busy, drop, endOffer, tick, type Cards } from '@/state/offers'
import { useInbox } from './inbox'
import { useSession } from './session'

export const useOffers = defineStore('offers', () => {
  const session = useSession()
  const inbox = useInbox()
  const cards = shallowRef<Cards>([])
  const problem = ref('')
  const open = computed(() => cards.value.filter((c) => !c.taken))

  const made = (offer: Offer): void => {
    cards.value = addOffer(cards.value, offer, session.id)
    if (offer.conversation) inbox.apply(offer.conversation)
  }
  const ended = (offer: Offer, takenBy: Id | null): void => { cards.value = endOffer(cards.value, offer, takenBy, session.id, Date.now()) }
  const step = (): void => { cards.value = tick(cards.value, Date.now()) }

  async function accept(offer: Offer): Promise<Conversation | null> {
    problem.value = ''
    cards.value = busy(cards.value, offer.id, true)
    try {
      const conversation = await conversations.accept(offer.conversation_id, offer.id, offer.epoch)
      cards.value = drop(cards.value, offer.id)
      inbox.adopt(conversation)
      return conversation
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.status === 409) cards.value = endOffer(cards.value, offer, error.problem.taken_by ?? 'somebody', session.id, Date.now())
      else problem.value = error.message || 'offline'
      cards.value = busy(cards.value, offer.id, false)
      return null
    }
  }
  async function decline(offer: Offer): Promise<void> {
    cards.value = busy(cards.value, offer.id, true)
    try {
      await conversations.decline(offer.conversation_id, offer.id, offer.epoch)
      cards.value = drop(cards.value, offer.id)
    } catch (error) {
      if (error instanceof Refusal && error.status === 409) cards.value = drop(cards.value, offer.id)
      else { problem.value = error instanceof Refusal ? error.message || 'offline' : 'offline'; cards.value = busy(cards.value, offer.id, false) }
    }
  }
  /** Offers that were made before this page was opened: their conversations are in the queue with state "offered". */
  async function load(): Promise<void> {
    if (!inbox.counts.offers) return
    const offered = Object.values(inbox.rows).filter((row) => row.state === 'offered')
    for (const row of offered.slice(0, 10)) {
      const conversation = await conversations.read(row.id).catch(() => null)
      if (conversation?.offer) made({ ...conversation.offer, conversation: conversation.offer.conversation ?? row })
    }
  }
  return { cards, problem, open, made, ended, step, accept, decline, load }
})
