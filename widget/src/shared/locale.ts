/** Which of the four languages to speak: asked for, then the page's, then the browser's, then the site's. */

export const LOCALES = ['en', 'ru', 'es', 'fa'] as const;
export type Locale = (typeof LOCALES)[number];

/** The first wish, in order of preference, that is spoken here and offered by the site. */
export function chooseLocale(wishes: (string | null | undefined)[], offered: readonly string[] = LOCALES): Locale {
  const codes = wishes.map((wish) => wish?.slice(0, 2).toLowerCase() as Locale);
  return codes.find((code) => LOCALES.includes(code) && offered.includes(code)) ?? 'en';
}

export const directionOf = (locale: string): 'rtl' | 'ltr' => (locale === 'fa' ? 'rtl' : 'ltr');
