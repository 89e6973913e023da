import { describe, expect, test } from 'vitest'
import { fill, findCanned, slashAt } from '@/state/canned'
import { find } from '@/state/fuzzy'
import { readings } from '@/state/layout'
import { calm, isLong, ordered, piecesOf } from '@/state/text'
import type { Canned } from '@/api/types'

const canned = (shortcut: string, text: string, change: Partial<Canned> = {}): Canned => ({ id: shortcut, shortcut, text, locale: null, line_id: null, operator_id: null, ...change })

describe('canned replies', () => {
  test('a slash at the start of a word opens the shelf, a slash inside one does not', () => {
    expect(slashAt('Yes. /fit', 9)).toEqual({ query: 'fit', from: 5 })
    expect(slashAt('/', 1)).toEqual({ query: '', from: 0 })
    expect(slashAt('and/or', 6)).toBeNull()
    expect(slashAt('/سلام', 5)).toEqual({ query: 'سلام', from: 0 })
  })
  test('shortcuts that begin so come first, this line before the others', () => {
    const all = [canned('outfit', 'drawers'), canned('fit-date', 'a', { line_id: 'lin_service' }), canned('fitting', 'b'), canned('price', 'with fitting')]
    expect(findCanned(all, 'fit', 'lin_sales', 'en').map((c) => c.shortcut)).toEqual(['fitting', 'fit-date', 'outfit', 'price'])
  })
  test('what is known is filled in, else what stands after the bar', () => {
    const known = { contact: 'Ann', 'contact.first_name': '' }
    expect(fill('Hello {{contact.first_name|there}}, {contact} {days}', known)).toBe('Hello there, Ann {days}')
  })
})

describe('the palette', () => {
  test('what was typed on the wrong layout is read again', () => {
    expect(readings('екфты').map((r) => r.text)).toContain('trans')
    expect(readings('ghbdtn')).toContainEqual({ text: 'привет', from: 'en' })
    expect(readings('فقشدس').map((r) => r.text)).toContain('trans')
  })
  test('the start of the label first, then starts of words, then anywhere', () => {
    const found = find(['A transfer', 'extransit', 'Transfer to'], 'trans', (s) => s)
    expect(found.map((f) => f.item)).toEqual(['Transfer to', 'A transfer', 'extransit'])
  })
  test('letters in order count while they are near one another, not strewn over a long name', () => {
    expect(find(['Boris Lindqvist', 'Wolfeschlegelsteinhausenbergerdorff'], 'bors', (s) => s).map((f) => f.item)).toEqual(['Boris Lindqvist'])
  })
})

describe('what people wrote', () => {
  test.each(['a', 'a.', 'x@', 'a.1', '1-', '1', '+1 ', 'http://', 'http://.', ' ', '@a '])('a long row of “%s” does not stop the screen', (part) => {
    const began = performance.now()
    const pieces = piecesOf(part.repeat(300_000 / part.length), true)
    expect(pieces.map((piece) => piece.text).join('')).toHaveLength(Math.floor(300_000 / part.length) * part.length)
    expect(performance.now() - began).toBeLessThan(2000)
  })
  test('links and addresses are found, the full stop after them is not part', () => {
    expect(piecesOf('See https://example.com/a. Or ann@example.com!').filter((p) => p.kind !== 'text').map((p) => p.href)).toEqual(['https://example.com/a', 'mailto:ann@example.com'])
  })
  test('markup stays text and a script is never a link', () => {
    expect(piecesOf('<b>x</b> javascript:alert(1)').every((p) => p.kind === 'text')).toBe(true)
  })
  test('mentions only where they mean something', () => {
    expect(piecesOf('@Olga look', true)[0]).toMatchObject({ kind: 'mention', text: '@Olga' })
    expect(piecesOf('@Olga look').every((p) => p.kind === 'text')).toBe(true)
  })
  test('a file cannot hide its ending behind a turn of direction', () => {
    expect(calm('invoice\u202Efdp.exe')).toBe('invoicefdp.exe')
  })
})

test('on one line too, and only where letters run from right to left', () => {
  expect(ordered('شماره: +98 21 5550 0018, شنبه')).toBe('شماره: \u2066+98 21 5550 0018\u2069, شنبه')
  expect(ordered('My number is 020 7183 8750.')).toBe('My number is 020 7183 8750.')
})
test('a text of more than a screen is folded, whether by lines or by letters; a little more than usual is not', () => {
  expect([isLong('word\n'.repeat(40)), isLong('word '.repeat(500)), isLong('word '.repeat(200)), isLong('Hello\n\nAnn')]).toEqual([true, true, false, false])
})

test('a telephone number keeps its order inside any script and can be rung; a price or a year is only a word', () => {
  const shown = (text: string): string[] => piecesOf(text).filter((p) => p.kind === 'number').map((p) => `${p.text}|${p.href ?? ''}`)
  expect(shown('شماره: +98 21 5550-0018, شنبه')).toEqual(['+98 21 5550-0018|tel:+982155500018'])
  expect(shown('My number is 020 7183 8750.')).toEqual(['020 7183 8750|'])
  expect(shown('In 2026 it was £4,480 for 12 of them, order A1234567')).toEqual([])
  expect(piecesOf('https://shop.example/12345678').map((p) => p.kind)).toEqual(['link'])
})
