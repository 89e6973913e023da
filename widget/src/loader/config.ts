/** Reads the one line on the site. What does not fit is ignored, never guessed. */

export interface Config {
  base: string;
  key: string;
  locale?: string;
  side?: string;
  color?: string;
  theme?: string;
}

export function readConfig({ src, dataset }: HTMLScriptElement): Config {
  const { key = '', locale, position: side, color, theme } = dataset;
  return { base: src.replace(/\/widget\/v1\/.*/, ''), key, locale, side, color, theme };
}
