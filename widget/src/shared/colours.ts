/**
 * The brand's tokens for browsers without CSS relative colours: the same rules as in loader.css, computed once.
 * Loaded only where `CSS.supports` says no.
 */

type Triple = [number, number, number];

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

export function parseHex(hex: string): Triple {
  const full = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
  return [1, 3, 5].map((at) => linear(parseInt(full.slice(at, at + 2), 16) / 255)) as Triple;
}

export const luminance = ([r, g, b]: Triple): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** Lightness, chroma and hue of OKLCH (Ottosson). */
export function oklch([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const c = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const turn = (Math.atan2(c, a) * 180) / Math.PI;
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, Math.hypot(a, c), turn < 0 ? turn + 360 : turn];
}

export function tokens(hex: string, dark: boolean): Map<string, string> {
  const rgb = parseHex(hex);
  const [l, c, h] = oklch(rgb);
  const lch = (light: number, chroma: number): string => `oklch(${light.toFixed(4)} ${chroma.toFixed(4)} ${h.toFixed(2)})`;
  const pale = Math.min(c, 0.13);
  return new Map([
    ['--on', luminance(rgb) > 0.179 ? '#000' : '#fff'],
    ['--t', dark ? lch(Math.max(l, 0.78), pale) : lch(Math.min(l, 0.485), Math.min(c, 0.16))],
    ['--e', dark ? lch(Math.max(l, 0.53), pale) : lch(Math.min(l, 0.63), Math.min(c, 0.16))],
    ['--s2', dark ? lch(0.275, pale * 0.13) : lch(0.963, pale * 0.1)],
    ['--wash', dark ? lch(0.3, pale * 0.42) : lch(0.947, pale * 0.36)],
  ]);
}

export function paint(frame: HTMLElement, hex: string, dark: boolean): void {
  for (const [name, value] of tokens(hex, dark)) frame.style.setProperty(name, value);
}
