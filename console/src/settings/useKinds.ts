/** The channel kinds of this gateway with the forms of their settings, asked for once. */
import { shallowRef } from 'vue'
import { settings } from '@/api/client'
import { fieldsOf, type FormField } from './schema'

export interface Kind { kind: string; fields: FormField[] }
const kinds = shallowRef<Kind[] | null>(null)

export async function loadKinds(): Promise<Kind[]> {
  kinds.value ??= (await settings.channelKinds()).items.map((card) => ({ kind: card.kind, fields: fieldsOf(card.schema, card.secrets) }))
  return kinds.value
}
export const looks = (kind: string): string => (kind === 'pbx' ? 'phone' : kind)
