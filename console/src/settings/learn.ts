/** What a passed test tells that a person would otherwise have to type. Pure. */
import type { CheckStep } from '@/api/client'
import type { Values } from './schema'

/** The bot's name, from the step that asked Telegram who it is; what a person wrote stays. */
export function learnt(kind: string, values: Values, steps: readonly CheckStep[]): Values {
  const name = steps.find((step) => step.what === 'token' && step.ok)?.detail ?? ''
  return kind === 'telegram' && !values['username'] && /^@\w+$/.test(name) ? { ...values, username: name } : values
}
