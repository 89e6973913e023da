import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LOCALES, PLURAL_FORMS, t, tn, useLanguage } from '@/i18n'
import { taste } from '@/format'
import { readCatalogue, type Catalogue } from '../scripts/messages'

const SRC = join(import.meta.dirname, '../src')
const flat = (c: Catalogue, path = ''): [string, string][] => Object.entries(c).flatMap(([k, v]) => (typeof v === 'string' ? [[path + k, v] as [string, string]] : flat(v, `${path}${k}.`)))
const all = Object.fromEntries(LOCALES.map((l) => [l, new Map(flat(readCatalogue(join(SRC, 'locales'), l)))]))
const english = all['en']!
const holes = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!))].sort()

describe.each(LOCALES)('catalogue %s', (locale) => {
  const mine = all[locale]!
  test('has the keys of the English one', () => {
    expect([...mine.keys()].sort()).toEqual([...english.keys()].sort())
  })
  test('has the same placeholders, and a form for every way to count', () => {
    for (const [key, text] of english) {
      const counted = text.includes(' | ')
      expect(mine.get(key)!.split(' | ').length, key).toBe(counted ? PLURAL_FORMS[locale].length : 1)
      for (const form of mine.get(key)!.split(' | ')) expect(holes(form), key).toEqual(holes(text.split(' | ').at(-1)!))
    }
  })
  test('is not English left over', () => {
    if (locale === 'en') return
    const same = [...english].filter(([key, text]) => /[a-z]{4,} [a-z]{3,}/.test(text) && mine.get(key) === text)
    expect(same).toEqual([])
  })
})

test('every key that the source names is in the catalogue', () => {
  const files = (dir: string): string[] => readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(dir, e.name)) : /\.(vue|ts)$/.test(e.name) ? [join(dir, e.name)] : []))
  const named = files(SRC).flatMap((f) => [...readFileSync(f, 'utf8').matchAll(/\bt(?:n|Or)?\('([a-z_]+(?:\.[a-z_]+)*)'/g)].map((m) => m[1]!))
  expect(named.length).toBeGreaterThan(150)
  expect([...new Set(named)].filter((key) => !english.has(key))).toEqual([])
})
test('Russian counts in three forms, Persian writes its digits', async () => {
  await useLanguage('ru')
  taste.locale = 'ru'
  expect([1, 3, 14].map((n) => tn('thread.quoted', n))).toEqual(['Цитата, 1 строка', 'Цитата, 3 строки', 'Цитата, 14 строк'])
  await useLanguage('fa')
  taste.locale = 'fa'
  expect(tn('thread.quoted', 14)).toBe('نقل قول، ۱۴ سطر')
  expect(document.documentElement.dir).toBe('rtl')
  expect(t('note.never', { name: 'Ann' })).toContain('Ann')
})
