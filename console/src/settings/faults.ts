/** The form's own faults in words, by the field they belong to. */
import { t } from '@/i18n'
import { faultsOf, type FormField, type Values } from './schema'

export const saidFaults = (fields: readonly FormField[], values: Values): Record<string, string> =>
  Object.fromEntries(faultsOf(fields, values).map((f) => [f.path, t(`settings.faults.${f.code}`)]))
