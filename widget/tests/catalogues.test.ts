/** The four languages say the same things, with the same placeholders and every plural form their grammar has. */
import { describe, expect, test } from 'vitest';
import en from '../src/lang/en';
import es from '../src/lang/es';
import fa from '../src/lang/fa';
import ru from '../src/lang/ru';
import { LOCALES } from '../src/shared/locale';
import { type Catalogue, makeTongue } from '../src/panel/tongue';

const CATALOGUES = { en, ru, es, fa } as Record<(typeof LOCALES)[number], Catalogue>;
const holes = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] as string))].sort();

describe.each(LOCALES)('the catalogue %s', (locale) => {
  const words = CATALOGUES[locale];

  test('has the keys of English in the same order, because the loader reads by place', () => {
    expect(Object.keys(words)).toEqual(Object.keys(en));
  });

  test('has the same placeholders and no empty text', () => {
    for (const [key, model] of Object.entries(en)) {
      const found = words[key as keyof Catalogue];
      const texts = typeof found === 'string' ? [found] : Object.values(found);
      for (const text of texts) {
        expect(text, key).not.toBe('');
        expect(holes(text), key).toEqual(holes(typeof model === 'string' ? model : model.other));
      }
    }
  });

  test('has every plural form of its language', () => {
    const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.toSorted();
    for (const [key, found] of Object.entries(words)) {
      if (typeof found !== 'string') expect(Object.keys(found).toSorted(), key).toEqual(forms);
    }
  });
});

test('the plural categories are the ones that were agreed', () => {
  const of = (locale: string): string[] => new Intl.PluralRules(locale).resolvedOptions().pluralCategories.toSorted();
  expect(of('en')).toEqual(['one', 'other']);
  expect(of('ru')).toEqual(['few', 'many', 'one', 'other']);
  expect(of('es')).toEqual(['many', 'one', 'other']);
  expect(of('fa')).toEqual(['one', 'other']);
});

test('Russian counts 1, 2, 5 and 21 messages as its grammar does', () => {
  const { t } = makeTongue('ru', CATALOGUES.ru);
  expect([1, 2, 5, 21].map((n) => t('newN', { n }))).toEqual(['1 новое сообщение', '2 новых сообщения', '5 новых сообщений', '21 новое сообщение']);
});

test('Persian shows Jalali dates in Persian digits', () => {
  const { day, moment, number } = makeTongue('fa', CATALOGUES.fa);
  expect(day('2026-01-05T12:00:00Z', new Date('2026-01-05T13:00:00Z'))).toBe('امروز، ۱۵ دی');
  expect(number(2417, { useGrouping: false })).toBe('۲۴۱۷');
  expect(moment('2026-01-06T12:00:00Z', new Date('2026-01-05T13:00:00Z'))).toMatch(/^فردا، [۰-۹]{2}:[۰-۹]{2}$/);
});

test('a text with any Persian letter runs right to left in Persian, and by itself elsewhere', () => {
  expect(makeTongue('fa', CATALOGUES.fa).dirOf('Kestrel من')).toBe('rtl');
  expect(makeTongue('fa', CATALOGUES.fa).dirOf('Kestrel')).toBe('auto');
  expect(makeTongue('en', CATALOGUES.en).dirOf('Kestrel من')).toBe('auto');
});
