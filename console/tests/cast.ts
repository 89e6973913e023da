/** Ann and Boris write, Olga and Ivan answer, in the week of Monday 5 January 2026. */
import type { Call, ConsoleEvent, Delivery, Message, Offer, Row } from '@/api/types'
import type { Pending } from '@/state/outbox'

export const OLGA = 'opr_olga'
export const IVAN = 'opr_ivan'
export const at = (time: string, day = 5): string => `2026-01-${String(day).padStart(2, '0')}T${time}:00Z`

export const row = (change: Partial<Row> = {}): Row => ({
  id: 'cnv_ann', number: 1, state: 'active', purpose: 'message', turn: 'ours', channel_id: 'chn', channel_kind: 'webchat', line_id: 'lin_sales', dialogue_id: 'dlg_ann', contact_id: 'con_ann', contact_name: 'Ann Keller',
  lead_id: null, lead_reason: null, operator_id: OLGA, subject: null, preview: '', last_from: 'contact', last_at: at('10:00'), opened_at: at('09:00'), waiting_since: at('10:00'), assigned_at: null, first_reply_at: null, closed_at: null,
  snoozed_until: null, unread: 0, epoch: 1, priority: 0, troubled: false, rating: null, version: 1, ...change,
})
export const message = (seq: number, change: Partial<Message> = {}): Message => ({
  id: `msg_${seq}`, seq, type: 'inbound', dialogue_id: 'dlg_ann', conversation_id: 'cnv_ann', operator_id: null, client_id: null, text: `word ${seq}`, quoted: '', has_html: false, subject: null, at: at(`10:${String(seq).padStart(2, '0')}`),
  edited_at: null, deleted_at: null, reply_to: null, automatic: false, mentions: [], key: null, call: null, data: {}, files: [], delivery: null, ...change,
})
export const delivery = (state: Delivery['state'], time: string): Delivery => ({ id: 'dlv', state, error: '', attempts: 1, next_at: null, updated_at: at(time) })
export const event = (seq: number, type = 'contact.updated'): ConsoleEvent => ({ seq, type, at: at('10:00'), actor: null, line_id: null, conversation_id: null, dialogue_id: null, lead_id: null, operator_id: null, data: {} })
export const offer = (change: Partial<Offer> = {}): Offer => ({ id: 'ofr_1', conversation_id: 'cnv_boris', operator_id: OLGA, epoch: 3, made_at: at('10:00'), until: at('10:01'), state: 'pending', why: {}, conversation: null, ...change })
export const pending = (id: string, change: Partial<Pending> = {}): Pending => ({ client_id: id, conversation_id: 'cnv_ann', dialogue_id: 'dlg_ann', type: 'reply', text: id, files: [], cc: [], bcc: [], reply_to: null, at: at('10:30'), state: 'queued', problem: '', ...change })
export const call = (change: Partial<Call> = {}): Call => ({
  id: 'cal_1', channel_id: 'chn', line_id: 'lin_sales', direction: 'inbound', remote: '+442079460018', remote_name: '', dialled: '', state: 'ringing', outcome: null, started_at: at('10:00'), queued_at: null, first_ring_at: null, answered_at: null, ended_at: null,
  answered_by: null, wait_s: null, talk_s: null, legs: [{ key: '1', role: 'agent', device: '204', operator_id: OLGA, state: 'ringing', ringing_at: at('10:00'), answered_at: null, ended_at: null }], contact_id: null, contact_name: '', lead_id: null, conversation_id: null, recordings: [], updated_at: at('10:00'), ...change,
})
