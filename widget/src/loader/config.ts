/** Reads the one line on the site. What does not fit is ignored, never guessed. */

export interface Config {
  base: string;
  key: string;
  locale?: string;
  position?: string;
  color?: string;
  theme?: string;
}

export function readConfig({ src, dataset }: HTMLScriptElement): Config {
  return { key: '', ...dataset, base: src.split('/widget/v1/')[0] as string };
}
