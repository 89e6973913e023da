import { describe, expect, it } from 'vitest'
import { faultsOf, fieldsOf, MASK, pathOf, settingsOf, valuesOf, type Values } from '@/settings/schema'

const schema = {
  $defs: {
    Server: { type: 'object', required: ['host'], properties: { host: { type: 'string', title: 'Host' }, port: { type: 'integer', minimum: 1, maximum: 65535, default: 993 }, password: { anyOf: [{ type: 'string', format: 'password', writeOnly: true }, { type: 'null' }], default: null } } },
    Consent: { type: 'object', required: ['version'], properties: { version: { type: 'string' } } },
    Row: { type: 'object', required: ['name'], properties: { name: { type: 'string', pattern: '^[a-z]+$' }, required: { type: 'boolean', default: false } } },
  },
  type: 'object', required: ['address', 'imap'],
  properties: {
    address: { type: 'string' }, imap: { $ref: '#/$defs/Server' }, consent: { anyOf: [{ $ref: '#/$defs/Consent' }, { type: 'null' }], default: null },
    mode: { enum: ['polling', 'webhook'], type: 'string', default: 'polling' }, exclude: { type: 'array', items: { type: 'string' }, default: [] }, ports: { type: 'array', items: { type: 'integer' }, default: [80, 443] },
    devices: { type: 'object', additionalProperties: { type: 'string' } }, prechat: { type: 'array', items: { $ref: '#/$defs/Row' }, default: [] }, forms: { type: 'boolean', default: true },
    greeting: { type: 'object', format: 'languages', additionalProperties: { type: 'string', maxLength: 12 }, default: {} }, color: { anyOf: [{ type: 'string', format: 'color', pattern: '^#[0-9a-f]{6}$' }, { type: 'null' }], default: null },
  },
}
const fields = fieldsOf(schema, ['imap.password'])
const filled = (over: Values = {}): Values => ({ ...valuesOf(fields, { address: 'sales@example.com', imap: { host: 'imap.example.com', port: 993, password: MASK } }), ...over })

describe('a form made from a schema', () => {
  it('knows each field by its kind', () => {
    expect(fields.map((f) => `${f.name}:${f.kind}`)).toEqual(['address:text', 'imap:group', 'consent:group', 'mode:choice', 'exclude:list', 'ports:list', 'devices:map', 'prechat:rows', 'forms:flag', 'greeting:words', 'color:color'])
    expect(fields[1]!.fields.map((f) => `${f.path}:${f.kind}`)).toEqual(['imap.host:text', 'imap.port:number', 'imap.password:secret'])
  })
  it('starts from the defaults', () => {
    const values = valuesOf(fields)
    expect([values['mode'], values['ports'], values['forms'], values['consent']]).toEqual(['polling', '80\n443', true, null])
  })
  it('sends a masked secret back masked, a new one as typed, an emptied one not at all', () => {
    const imap = (values: Values): Values => settingsOf(fields, values)['imap'] as Values
    expect(imap(filled())['password']).toBe(MASK)
    expect(imap(filled({ imap: { host: 'h', port: '993', password: ' new ' } }))['password']).toBe(' new ')
    expect(imap(filled({ imap: { host: 'h', port: '993', password: '' } }))).toEqual({ host: 'h', port: 993 })
  })
  it('reads lists, maps and rows', () => {
    const sent = settingsOf(fields, filled({ exclude: ' *@example.com \n\nann@example.com', ports: '80\n8443', devices: '204 = olga@example.com\n205=a=b', prechat: [{ name: 'email', required: true }] }))
    expect(sent).toMatchObject({ exclude: ['*@example.com', 'ann@example.com'], ports: [80, 8443], devices: { 204: 'olga@example.com', 205: 'a=b' }, prechat: [{ name: 'email', required: true }], forms: true })
    expect('consent' in sent).toBe(false)
  })
  it('keeps a text for each language that has words, whatever signs and lines they have', () => {
    const sent = settingsOf(fields, filled({ greeting: { '': 'a = b\nc', ru: ' Да ', es: '  ' } }))
    expect(sent['greeting']).toEqual({ '': 'a = b\nc', ru: 'Да' })
    expect(valuesOf(fields, sent)['greeting']).toEqual(sent['greeting'])
    expect(faultsOf(fields, filled({ greeting: { fa: 'x'.repeat(13) }, color: 'green' }))).toEqual([{ path: 'greeting', code: 'long' }, { path: 'color', code: 'pattern' }])
  })
  it('comes back as it went in', () => {
    const saved = settingsOf(fields, filled({ exclude: 'a@example.com', devices: 'x = y' }))
    expect(settingsOf(fields, valuesOf(fields, saved))).toEqual(saved)
  })
  it('names what is missing or wrong by its path', () => {
    expect(faultsOf(fields, valuesOf(fields)).map((f) => f.path)).toEqual(['address', 'imap.host'])
    expect(faultsOf(fields, filled({ imap: { host: 'h', port: '70000', password: '' } }))).toEqual([{ path: 'imap.port', code: 'range' }])
    expect(faultsOf(fields, filled({ prechat: [{ name: 'ok' }, { name: 'Not so' }] }))).toEqual([{ path: 'prechat[1].name', code: 'pattern' }])
    expect(faultsOf(fields, filled({ devices: 'no pair', ports: 'x' })).map((f) => f.code)).toEqual(['number', 'pattern'])
  })
  it('finds the field a JSON Pointer means', () => {
    expect([pathOf('/settings/imap/port'), pathOf('/name'), pathOf('/settings/prechat/1/name')]).toEqual(['imap.port', 'name', 'prechat[1].name'])
  })
})
