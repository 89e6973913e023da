/** Which store an event concerns. Every event carries the changed row, so nothing is asked for again. */
import type { ConsoleEvent } from '@/api/types'
import { ring } from '@/composables/ring'
import { useCalls } from './calls'
import { useDirectory } from './directory'
import { useInbox } from './inbox'
import { useNotices, type Notice } from './notices'
import { useOffers } from './offers'
import { useOutbox } from './outbox'
import { useSession } from './session'
import { useThreads } from './threads'

const NEW = new Set(['conversation.opened'])

const listeners = new Set<(event: ConsoleEvent) => void>()
/** Pages with lists of their own hear every event; answers how to stop. */
export function listen(hear: (event: ConsoleEvent) => void): () => void {
  listeners.add(hear)
  return () => listeners.delete(hear)
}

export function routeEvent(event: ConsoleEvent): void {
  const { data } = event
  for (const hear of listeners) hear(event)
  if (data.conversation) {
    useInbox().apply(data.conversation, NEW.has(event.type))
    useThreads().applyRow(data.conversation)
  }
  const area = event.type.split('.')[0]
  if (area === 'message' || area === 'delivery') aboutMessage(event)
  else if (area === 'offer') aboutOffer(event)
  else if (area === 'call' && data.call) aboutCall(event)
  else if (area === 'lead' && data.lead) aboutLead(event)
  else if (area === 'contact' && data.contact) for (const d of Object.values(useThreads().details)) { if (d.contact_id === data.contact.id) useThreads().patch(d.id, { contact: { ...d.contact, ...data.contact } }) }
  else if (area === 'operator' && data.presence) aboutPresence(event)
  else if (area === 'channel' && data.channel_id && data.health) useDirectory().applyHealth(data.channel_id, data.health, data.problem ?? '', data.said ?? null)
  else if (area === 'settings') void useDirectory().load()
}

function note(kind: Notice['kind'], icon: string, event: ConsoleEvent, name: string): void {
  const id = event.conversation_id ?? event.data.conversation_id
  if (id) useNotices().add({ key: `${kind}-${id}`, kind, icon, name, to: `/inbox/all/${id}`, at: event.at })
}

function aboutMessage(event: ConsoleEvent): void {
  const { data } = event
  if (data.delivery && data.message_id) {
    useThreads().report(data.message_id, data.delivery)
    const bad = data.delivery.state === 'failed' || data.delivery.state === 'uncertain' ? data.delivery.state : null
    const row = useInbox().rows[data.conversation_id ?? '']
    if (bad && row?.operator_id === useSession().id) note(bad, 'i-lucide-triangle-alert', event, row.contact_name)
  }
  if (!data.message) return
  useThreads().receive(data.message)
  useOutbox().seen(data.message)
  const me = useSession().id
  if (event.type === 'message.received' && data.conversation?.operator_id === me) ring('message', data.conversation)
  if (data.message.type === 'note' && data.message.mentions.includes(me)) note('mention', 'i-lucide-at-sign', event, useDirectory().firstName(data.message.operator_id))
}

function aboutOffer(event: ConsoleEvent): void {
  const { offer } = event.data
  if (!offer) return
  const me = useSession().id
  if (event.type === 'offer.made') {
    useOffers().made(offer)
    if (offer.operator_id === me) ring('offer', offer.conversation)
    return
  }
  useOffers().ended(offer, event.data.taken_by ?? (event.type === 'offer.accepted' ? offer.operator_id : null))
  if (event.type === 'offer.lapsed' && offer.operator_id === me) note('lapsed', 'i-lucide-timer-off', event, offer.conversation?.contact_name ?? event.data.conversation?.contact_name ?? '')
}

function aboutCall(event: ConsoleEvent): void {
  const calls = useCalls()
  const before = calls.top?.id
  calls.apply(event.data.call!)
  if (calls.top && calls.top.id !== before) ring('call', { contact_name: calls.top.contact_name || calls.top.remote })
}

function aboutLead(event: ConsoleEvent): void {
  const threads = useThreads()
  const lead = event.data.lead!
  const id = event.data.conversation_id ?? event.conversation_id
  if (event.type === 'lead.attached' && id) threads.patch(id, { lead, lead_id: lead.id, lead_reason: event.data.reason ?? null })
  for (const d of Object.values(threads.details)) if (d.lead?.id === lead.id && d.lead.version <= lead.version) threads.patch(d.id, { lead })
}

function aboutPresence(event: ConsoleEvent): void {
  const presence = event.data.presence!
  useDirectory().applyPresence(presence)
  if (presence.operator_id === useSession().id) useSession().presence = presence
}
