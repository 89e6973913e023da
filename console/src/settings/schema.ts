/** A kind's JSON Schema turned into a form: fields, values, what goes out. Secrets are write-only: a masked one means "as before". Pure. */
export const MASK = '••••'
export type Schema = Record<string, unknown>
export type FieldKind = 'text' | 'secret' | 'number' | 'flag' | 'choice' | 'color' | 'list' | 'map' | 'words' | 'rows' | 'group'
export interface FormField {
  path: string; name: string; kind: FieldKind; title: string; hint: string; required: boolean; nullable: boolean; first: boolean; numeric: boolean
  min?: number; max?: number; pattern?: string; longest?: number; choices: string[]; initial: unknown; fields: FormField[]
}
export type Values = Record<string, unknown>
export interface Fault { path: string; code: 'missing' | 'pattern' | 'number' | 'range' | 'long' }

/** Shown at once although they may be left alone; the rest is folded away. */
const FIRST = new Set(['site_name', 'origins', 'color', 'greeting', 'name', 'backfill_days', 'mode', 'signature', 'devices', 'recording_hosts'])

function resolved(schema: Schema, root: Schema): Schema & { nullable?: boolean } {
  const ref = schema['$ref']
  if (typeof ref === 'string') {
    const target = ref.split('/').slice(1).reduce<unknown>((at, key) => (at as Schema | undefined)?.[key], root) as Schema | undefined
    const { $ref: _, ...beside } = schema
    return { ...resolved(target ?? {}, root), ...beside }
  }
  const any = schema['anyOf'] as Schema[] | undefined
  if (!any) return schema
  const real = any.filter((one) => one['type'] !== 'null')
  const { anyOf: _, ...beside } = schema
  return { ...resolved(real[0] ?? {}, root), ...beside, nullable: real.length < any.length }
}

function kindOf(schema: Schema, secret: boolean, root: Schema): FieldKind {
  if (secret || schema['writeOnly'] === true || schema['format'] === 'password') return 'secret'
  if (schema['enum']) return 'choice'
  switch (schema['type']) {
    case 'boolean': return 'flag'
    case 'integer': case 'number': return 'number'
    case 'array': return resolved((schema['items'] as Schema | undefined) ?? {}, root)['properties'] ? 'rows' : 'list'
    case 'object': return schema['properties'] ? 'group' : schema['format'] === 'languages' ? 'words' : 'map'
    default: return schema['format'] === 'color' ? 'color' : 'text'
  }
}

export function fieldsOf(schema: Schema, secrets: readonly string[] = [], root: Schema = schema, prefix = ''): FormField[] {
  const required = new Set((schema['required'] as string[] | undefined) ?? [])
  return Object.entries((schema['properties'] as Record<string, Schema> | undefined) ?? {}).map(([name, raw]) => {
    const path = `${prefix}${name}`
    const one = resolved(raw, root)
    const kind = kindOf(one, secrets.includes(path), root)
    const items = kind === 'rows' || kind === 'list' ? resolved((one['items'] as Schema | undefined) ?? {}, root) : {}
    const inner = kind === 'rows' ? items : kind === 'group' ? one : null
    const longest = ((kind === 'words' ? one['additionalProperties'] : one) as Schema)['maxLength'] as number | undefined
    const limit = <T>(key: string): T | undefined => one[key] as T | undefined
    return {
      path, name, kind, title: String(one['title'] ?? name), hint: String(raw['description'] ?? (kind === 'group' ? '' : one['description'] ?? '')),
      required: required.has(name), nullable: one.nullable === true, first: required.has(name) || FIRST.has(name), numeric: items['type'] === 'integer' || items['type'] === 'number',
      ...(limit<number>('minimum') !== undefined ? { min: limit<number>('minimum')! } : {}), ...(limit<number>('maximum') !== undefined ? { max: limit<number>('maximum')! } : {}),
      ...(limit<string>('pattern') ? { pattern: limit<string>('pattern')! } : {}), ...(longest ? { longest } : {}),
      choices: ((one['enum'] as unknown[] | undefined) ?? []).map(String), initial: one['default'],
      fields: inner ? fieldsOf(inner, secrets, root, kind === 'rows' ? `${path}[].` : `${path}.`) : [],
    }
  })
}

const isTree = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the form shows for saved settings, or for none. Lists are one entry a line, maps "key = value" a line. */
export function valuesOf(fields: readonly FormField[], settings: Values = {}): Values {
  return Object.fromEntries(fields.map((field) => [field.name, shown(field, settings[field.name] ?? field.initial)]))
}
function shown(field: FormField, value: unknown): unknown {
  switch (field.kind) {
    case 'flag': return value === true
    case 'list': return Array.isArray(value) ? value.join('\n') : ''
    case 'map': return isTree(value) ? Object.entries(value).map(([k, v]) => `${k} = ${String(v)}`).join('\n') : ''
    case 'words': return isTree(value) ? { ...value } : {}
    case 'rows': return Array.isArray(value) ? value.map((row) => valuesOf(field.fields, row as Values)) : []
    case 'group': return field.nullable && !isTree(value) ? null : valuesOf(field.fields, isTree(value) ? value : {})
    default: return value === null || value === undefined ? (field.kind === 'choice' && field.required ? field.choices[0] ?? '' : '') : String(value)
  }
}

/** What goes to the gateway. Empty optional things are left out, so that the kind's own default holds. */
export function settingsOf(fields: readonly FormField[], values: Values): Values {
  const out: Values = {}
  for (const field of fields) {
    const value = sent(field, values[field.name])
    if (value !== undefined) out[field.name] = value
  }
  return out
}
const lines = (text: unknown): string[] => String(text ?? '').split('\n').map((l) => l.trim()).filter(Boolean)
/** Texts by language; a language without words has none. */
const spoken = (value: unknown): [string, string][] => Object.entries(value as Record<string, string>).map(([code, text]): [string, string] => [code, text.trim()]).filter(([, text]) => text)
function sent(field: FormField, value: unknown): unknown {
  switch (field.kind) {
    case 'flag': return value === true
    case 'list': return field.numeric ? lines(value).map(Number) : lines(value)
    case 'map': return Object.fromEntries(lines(value).map((l) => [l.split('=')[0]!.trim(), l.split('=').slice(1).join('=').trim()]))
    case 'words': return Object.fromEntries(spoken(value))
    case 'rows': return (value as Values[]).map((row) => settingsOf(field.fields, row))
    case 'group': return value === null ? undefined : settingsOf(field.fields, value as Values)
    case 'number': return value === '' || value === null || value === undefined ? undefined : Number(value)
    default: return String(value ?? '').trim() === '' ? undefined : field.kind === 'secret' ? String(value) : String(value).trim()
  }
}

/** What can be told before asking the gateway. */
export function faultsOf(fields: readonly FormField[], values: Values): Fault[] {
  return fields.flatMap((field) => faultsIn(field, values[field.name]))
}
function faultsIn(field: FormField, value: unknown): Fault[] {
  const fault = (code: Fault['code']): Fault[] => [{ path: field.path, code }]
  if (field.kind === 'group') return value === null ? [] : faultsOf(field.fields, value as Values)
  if (field.kind === 'rows') return (value as Values[]).flatMap((row, i) => faultsOf(field.fields, row).map((f) => ({ ...f, path: f.path.replace('[]', `[${i}]`) })))
  if (field.kind === 'flag') return []
  if (field.kind === 'words') return spoken(value).some(([, text]) => field.longest !== undefined && text.length > field.longest) ? fault('long') : []
  const text = String(value ?? '').trim()
  if (!text) return field.required ? fault('missing') : []
  if (field.kind === 'number') {
    const n = Number(text)
    if (!Number.isFinite(n)) return fault('number')
    return (field.min !== undefined && n < field.min) || (field.max !== undefined && n > field.max) ? fault('range') : []
  }
  if (field.kind === 'list') return field.numeric && lines(text).some((l) => !Number.isFinite(Number(l))) ? fault('number') : []
  if (field.kind === 'map') return lines(text).some((l) => !l.includes('=')) ? fault('pattern') : []
  if ((field.kind === 'text' || field.kind === 'color') && field.pattern && !new RegExp(field.pattern).test(text)) return fault('pattern')
  return field.longest !== undefined && text.length > field.longest ? fault('long') : []
}
/** Where a JSON Pointer of the gateway's answer stands in the form. */
export const pathOf = (pointer: string): string => pointer.replace(/^\/(?:settings\/)?/, '').split('/').map((p) => (/^\d+$/.test(p) ? `[${p}]` : p)).join('.').replaceAll('.[', '[')
