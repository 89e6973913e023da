/** The shapes of docs/reference/console-protocol.md, as the console reads them. Nothing else describes them in the browser. */
export type Id = string
export type Stamp = string
export type ChannelKind = 'email' | 'telegram' | 'webchat' | 'pbx'
export type ConversationState = 'queued' | 'offered' | 'active' | 'snoozed' | 'closed' | 'abandoned' | 'spam'
export type PresenceState = 'online' | 'away' | 'offline'
export type Permission = 'answer' | 'see_all' | 'steer' | 'configure'
export type Tab = 'mine' | 'waiting' | 'all' | 'closed'

export interface Page<T> { items: T[]; next_cursor: string | null }
export interface Problem { type?: string; title: string; status: number; code: string; detail: string; request_id?: string; errors?: { pointer: string; detail: string }[]; retry_after?: number; taken_by?: string; address?: string; said?: Said | null }

export interface Operator { id: Id; name: string; email: string; roles: string[]; locale: string; devices: string[]; limit: number | null; active: boolean; preferences: Record<string, unknown>; has_password: boolean; presence?: Presence | null }
export interface Presence { operator_id: Id; state: PresenceState; reason: string | null; since: Stamp | null; not_responding: boolean }
export interface Me { operator: Operator; permissions: Permission[]; csrf: string; presence: Presence; head: number; workspace: { name: string; public_url: string; demo: boolean; version: string; file_bytes?: number } }
export interface Counts { mine: number; mine_unread: number; waiting: number; all: number; offers: number; load: { used: number; limit: number }; quarantine: number }

/** A call that nobody took, as the last thing in its conversation. */
export interface Missed { number: string; waited_s: number | null }
export interface Row {
  id: Id; number: number; state: ConversationState; purpose: 'message' | 'callback'; turn: 'ours' | 'theirs'
  channel_id: Id; channel_kind: ChannelKind; line_id: Id; dialogue_id: Id; contact_id: Id; contact_name: string
  lead_id: Id | null; lead_reason: string | null; operator_id: Id | null; subject: string | null; preview: string; missed?: Missed | null
  last_from: 'contact' | 'operator' | 'line'; last_at: Stamp | null; opened_at: Stamp; waiting_since: Stamp | null
  assigned_at: Stamp | null; first_reply_at: Stamp | null; closed_at: Stamp | null; snoozed_until: Stamp | null
  unread: number; epoch: number; priority: number; troubled: boolean; rating: number | null; version: number
}
export type Can = Partial<Record<'reply' | 'note' | 'close' | 'reopen' | 'snooze' | 'wake' | 'assign' | 'take' | 'spam' | 'lead', boolean>>
export interface Conversation extends Row { contact: Contact; lead: Lead | null; line: { id: Id; name: string }; channel: { id: Id; name: string; kind: ChannelKind }; offer: Offer | null; previous: Row[]; can: Can; reopen_until: Stamp | null }

export interface Attachment { id: Id; name: string; type: string; size: number; state: string; url: string; width: number | null; height: number | null; content_id: string | null }
export type DeliveryState = 'due' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'uncertain'
/** What a sentence of an adapter says, to be said in the reader's language. */
export interface Said { code: string; values: Record<string, string | number> }
export interface Delivery { id: Id; state: DeliveryState; error: string; code?: string | null; said?: Said | null; attempts: number; next_at: Stamp | null; updated_at: Stamp | null }
export type MessageType = 'inbound' | 'outbound' | 'note' | 'system' | 'call'
export interface Message {
  id: Id; seq: number; type: MessageType; dialogue_id: Id; conversation_id: Id | null; operator_id: Id | null; client_id: string | null
  text: string; quoted: string; has_html: boolean; subject: string | null; at: Stamp; edited_at: Stamp | null; deleted_at: Stamp | null
  reply_to: Id | null; automatic: boolean; mentions: Id[]; key: string | null; call: Call | null; data: Record<string, unknown>
  files: Attachment[]; delivery: Delivery | null
}
export interface Offer { id: Id; conversation_id: Id; operator_id: Id; epoch: number; made_at: Stamp; until: Stamp; state: 'pending' | 'accepted' | 'declined' | 'lapsed' | 'withdrawn'; why: { rule?: string; wanted?: string }; conversation: Row | null }
export interface Decision { offer: Offer; rule: string; candidates: { operator_id: Id; name: string; verdict: string; load: number; limit: number }[] }

export interface Identity { id: Id; kind: string; value: string; verified: boolean; evidence: string }
export interface Contact { id: Id; name: string; locale: string | null; fields: Record<string, unknown>; identities: Identity[]; conversations?: Row[]; version: number }
export interface Lead {
  id: Id; number: number; contact_id: Id; contact_name: string; title: string; stage: string; line_id: Id; responsible_id: Id | null
  value: number | string | null; currency: string | null; next_step: string; next_step_at: Stamp | null; source: Record<string, string>
  unreachable: boolean; created_at: Stamp; updated_at: Stamp; ended_at: Stamp | null; version: number
}
export interface TimelineEntry { at: Stamp; kind: 'message' | 'call' | 'note' | 'stage' | 'made'; title: string; conversation_id?: Id; call_id?: Id; operator_id?: Id }
export interface LeadPage extends Lead { contact: Contact; conversations: Row[]; calls: Call[]; timeline: TimelineEntry[] }
export interface CallLeg { key: string; role: string; device: string; operator_id: Id | null; state: 'created' | 'ringing' | 'answered' | 'ended'; ringing_at: Stamp | null; answered_at: Stamp | null; ended_at: Stamp | null }
export interface Recording { id: Id; state: string; duration_s: number | null; content_type: string | null; size?: number | null; url: string | null }
export interface Call {
  id: Id; channel_id: Id; line_id: Id; direction: 'inbound' | 'outbound' | 'internal'; remote: string; remote_name: string; dialled: string
  state: 'new' | 'queued' | 'ringing' | 'talking' | 'held' | 'ended'; outcome: string | null; started_at: Stamp; queued_at: Stamp | null; first_ring_at: Stamp | null
  answered_at: Stamp | null; ended_at: Stamp | null; answered_by: Id | null; wait_s: number | null; talk_s: number | null; legs: CallLeg[]
  contact_id: Id | null; contact_name: string; lead_id: Id | null; conversation_id: Id | null; recordings: Recording[]; updated_at: Stamp
}

export interface Schedule { zone: string; always: boolean; week: Record<string, string[]>; exceptions: Record<string, string[]> }
export interface Line {
  id: Id; name: string; members: Id[]; distribution: string; limit: number; counts: string; offer_seconds: number; no_answer_seconds: number
  auto_close_hours: number; reopen_hours: Record<string, number>; first_response_seconds: Record<string, number>; next_response_seconds: Record<string, number>; affinity_hours?: number; short_abandon_seconds?: number; responsible_first: boolean; grace_seconds: number; callback_missed: boolean
  region: string; locale: string; schedule: Schedule; texts: Record<string, Record<string, string>>; prechat: Record<string, unknown>
  color: string; enabled: boolean; version: number; open_now: boolean; opens_at: Stamp | null
}
export interface Channel {
  id: Id; kind: ChannelKind; line_id: Id; name: string; key: string; settings: Record<string, unknown>; enabled: boolean
  health: 'unknown' | 'ok' | 'retrying' | 'paused' | 'off'; problem: string; said: Said | null; last_ok_at: Stamp | null; last_event_at: Stamp | null; version: number; install: Record<string, string>
}
export interface Canned { id: Id; shortcut: string; text: string; locale: string | null; line_id: Id | null; operator_id: Id | null }

/** What has happened, in order of `seq`. */
export interface ConsoleEvent { seq: number; type: string; at: Stamp; actor: Id | null; line_id: Id | null; conversation_id: Id | null; dialogue_id: Id | null; lead_id: Id | null; operator_id: Id | null; data: EventData }
export interface EventData {
  message?: Message; conversation?: Row; delivery?: Delivery; message_id?: Id; conversation_id?: Id; offer?: Offer; taken_by?: Id | null; contact?: Contact
  lead?: Lead; reason?: string; call?: Call; recording?: Recording; call_id?: Id; presence?: Presence; channel_id?: Id; health?: Channel['health']; problem?: string; said?: Said | null; what?: string; by?: Id | null; why?: string
}
export interface TypingNotice { conversation_id: Id; on: boolean; name: string; who: string; text?: string }
export interface ViewingNotice { conversation_id: Id; operator_id: Id; on: boolean; replying: boolean }
export type SyncAnswer = { events?: ConsoleEvent[]; head: number; more?: boolean; reset?: boolean }
