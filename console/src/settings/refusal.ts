/** What the gateway refused, in words of the catalogue; and which field it meant. */
import { Refusal } from '@/api/http'
import { t, tOr } from '@/i18n'
import { inWords } from '@/inWords'
import { pathOf } from './schema'

export interface Trouble { text: string; code: string; fields: Record<string, string> }

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Refusal)) throw error
  const { code, detail, title, errors, said } = error.problem
  const fields = Object.fromEntries((errors ?? []).map((e) => [pathOf(e.pointer), e.detail]))
  const general = Object.keys(fields).length ? t('settings.problems.invalid') : inWords(detail, said) || title || t('settings.problems.unexpected')
  return { code, fields, text: tOr(`settings.problems.${code}`, general) }
}
