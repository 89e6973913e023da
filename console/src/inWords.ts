/** Sentences of the gateway's adapters in the reader's language; the English one where the catalogue does not know the code. */
import type { Said } from '@/api/types'
import { tOr } from '@/i18n'

export function inWords(english: string, said: Said | null | undefined): string {
  if (!said) return english
  return tOr(said.code.startsWith('send.') ? said.code : `settings.said.${said.code}`, english, said.values)
}
