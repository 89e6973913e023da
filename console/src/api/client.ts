/** One function per request of docs/reference/console-protocol.md, named after what it does. */
import { get, patch, post, put, remove, upload, type Query } from './http'
import type {
  Attachment, Call, Canned, Channel, Contact, Conversation, Counts, Decision, Id, Lead, LeadPage, Line, Me, Message, Operator, Page, Presence, Row, Said, Tab,
} from './types'

const V1 = '/api/v1'
const conversation = (id: Id, rest = ''): string => `${V1}/conversations/${encodeURIComponent(id)}${rest}`

export const session = {
  read: () => get<Me>(`${V1}/session`),
  signIn: (email: string, password: string) => post<Me>(`${V1}/session`, { email, password }),
  signInByLink: (token: string) => post<Me>(`${V1}/session/link`, { token }),
  signOut: () => remove<void>(`${V1}/session`),
  ticket: () => post<{ ticket: string; expires_in: number }>(`${V1}/session/ticket`),
  update: (change: { name?: string; locale?: string; preferences?: Record<string, unknown>; password?: { current: string; new: string } }) => patch<Me>(`${V1}/me`, change),
  presence: (state: string, reason?: string) => put<Presence>(`${V1}/me/presence`, reason ? { state, reason } : { state }),
}

export interface NewMessage { client_id: string; type: 'reply' | 'note'; text: string; files: Id[]; reply_to?: Id; cc?: string[]; bcc?: string[] }

export const conversations = {
  list: (tab: Tab, query: Query = {}) => get<Page<Row>>(`${V1}/conversations`, { tab, ...query }),
  counts: () => get<Counts>(`${V1}/counts`),
  read: (id: Id) => get<Conversation>(conversation(id)),
  messages: (id: Id, query: Query = {}) => get<Page<Message>>(conversation(id, '/messages'), query),
  send: (id: Id, message: NewMessage) => post<Message>(conversation(id, '/messages'), message),
  accept: (id: Id, offer_id: Id, epoch: number) => post<Conversation>(conversation(id, '/accept'), { offer_id, epoch }),
  decline: (id: Id, offer_id: Id, epoch: number) => post<void>(conversation(id, '/decline'), { offer_id, epoch }),
  take: (id: Id) => post<Conversation>(conversation(id, '/take')),
  assign: (id: Id, operator_id: Id | null) => post<Conversation>(conversation(id, '/assign'), { operator_id }),
  close: (id: Id, reason?: string) => post<Conversation>(conversation(id, '/close'), reason ? { reason } : {}),
  reopen: (id: Id) => post<Conversation>(conversation(id, '/reopen')),
  spam: (id: Id) => post<Conversation>(conversation(id, '/spam')),
  snooze: (id: Id, until: string) => post<Conversation>(conversation(id, '/snooze'), { until }),
  wake: (id: Id) => post<Conversation>(conversation(id, '/wake')),
  seen: (id: Id, seq: number) => post<void>(conversation(id, '/seen'), { seq }),
  lead: (id: Id, lead_id: Id | null) => post<Conversation>(conversation(id, '/lead'), { lead_id }),
  decisions: (id: Id) => get<{ items: Decision[] }>(conversation(id, '/decisions')),
  delivery: (message_id: Id, action: 'again' | 'arrived') => post<Message>(`${V1}/messages/${message_id}/delivery`, { action }),
}

export const htmlOf = (message_id: Id, images: boolean): string => `${V1}/messages/${message_id}/html?images=${images ? 1 : 0}`
export const rawOf = (message_id: Id): string => `${V1}/messages/${message_id}/raw`

export const files = {
  upload: (file: File, progress: (done: number) => void) => upload<Attachment>(`${V1}/files`, file, progress),
}

export const contacts = {
  read: (id: Id) => get<Contact>(`${V1}/contacts/${id}`),
  update: (id: Id, change: { name?: string; fields?: Record<string, unknown>; add_identity?: { kind: string; value: string } }) => patch<Contact>(`${V1}/contacts/${id}`, change),
}

export const leads = {
  list: (query: Query = {}) => get<Page<Lead>>(`${V1}/leads`, query),
  read: (id: Id) => get<LeadPage>(`${V1}/leads/${id}`),
  update: (id: Id, change: Partial<Lead> & { version: number }) => patch<Lead>(`${V1}/leads/${id}`, change),
  stages: () => get<{ items: string[] }>(`${V1}/stages`),
  csv: `${V1}/leads.csv`,
}

export const calls = {
  list: (query: Query = {}) => get<Page<Call>>(`${V1}/calls`, query),
  read: (id: Id) => get<Call>(`${V1}/calls/${id}`),
}

export interface CheckStep { what: string; ok: boolean; detail: string; remedy: string; millis: number | null; detail_said: Said | null; remedy_said: Said | null }
export interface Holidays { country: string; subdivisions: { code: string; name: string }[]; items: { date: string; name: string }[] }
export interface ChannelKindCard { kind: Channel['kind']; schema: Record<string, unknown>; secrets: string[] }
export interface Quarantined { id: Id; channel_id: Id; received_at: string; size: number; error: string; code: string; attempts: number; subject: string }

export const qrOf = (channel_id: Id): string => `${V1}/channels/${channel_id}/qr`

export const settings = {
  lines: () => get<Page<Line>>(`${V1}/lines`),
  line: (id: Id) => get<Line>(`${V1}/lines/${id}`),
  addLine: (line: Partial<Line>) => post<Line>(`${V1}/lines`, line),
  changeLine: (id: Id, change: Partial<Line>) => patch<Line>(`${V1}/lines/${id}`, change),
  removeLine: (id: Id) => remove<void>(`${V1}/lines/${id}`),
  hours: (id: Id, at: string) => get<{ open: boolean; opens_at: string | null; closes_at: string | null }>(`${V1}/lines/${id}/hours`, { at }),
  holidayCountries: () => get<{ items: string[] }>(`${V1}/holidays/countries`),
  holidays: (query: { country: string; subdivision: string; year: number; locale: string }) => get<Holidays>(`${V1}/holidays`, query),
  channels: () => get<Page<Channel>>(`${V1}/channels`),
  channel: (id: Id) => get<Channel>(`${V1}/channels/${id}`),
  addChannel: (channel: Partial<Channel>) => post<Channel>(`${V1}/channels`, channel),
  changeChannel: (id: Id, change: Partial<Channel> & { new_key?: boolean }) => patch<Channel>(`${V1}/channels/${id}`, change),
  removeChannel: (id: Id) => remove<void>(`${V1}/channels/${id}`),
  testChannel: (id: Id) => post<{ items: CheckStep[] }>(`${V1}/channels/${id}/test`, {}),
  testUnsavedChannel: (channel: { id?: Id; kind: string; settings: Record<string, unknown> }) => post<{ items: CheckStep[] }>(`${V1}/channels/test`, channel),
  resumeChannel: (id: Id) => post<Channel>(`${V1}/channels/${id}/resume`, {}),
  channelKinds: () => get<{ items: ChannelKindCard[] }>(`${V1}/channels/kinds`),
  operators: () => get<Page<Operator>>(`${V1}/operators`),
  addOperator: (operator: Partial<Operator>) => post<{ operator: Operator; sign_in_link: string }>(`${V1}/operators`, operator),
  changeOperator: (id: Id, change: Partial<Operator>) => patch<Operator>(`${V1}/operators/${id}`, change),
  operatorLink: (id: Id) => post<{ sign_in_link: string }>(`${V1}/operators/${id}/link`, {}),
  canned: () => get<Page<Canned>>(`${V1}/canned`),
  addCanned: (canned: Omit<Canned, 'id'>) => post<Canned>(`${V1}/canned`, canned),
  changeCanned: (id: Id, canned: Omit<Canned, 'id'>) => put<Canned>(`${V1}/canned/${id}`, canned),
  removeCanned: (id: Id) => remove<void>(`${V1}/canned/${id}`),
  quarantine: (query: Query = {}) => get<Page<Quarantined>>(`${V1}/quarantine`, query),
  replayQuarantined: (id: Id) => post<unknown>(`${V1}/quarantine/${id}/replay`, {}),
  removeQuarantined: (id: Id) => remove<void>(`${V1}/quarantine/${id}`),
  rawQuarantined: (id: Id) => `${V1}/quarantine/${id}/raw`,
}
