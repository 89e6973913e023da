/** Style sheets that come with later chunks; constructable ones, so that the strictest policy of a site allows them. */
let root: ShadowRoot | null = null;
const known = new Set<string>();

export function sheetsInto(shadow: ShadowRoot): void {
  root = shadow;
  known.clear();
}

export function adopt(css: string): void {
  if (!root || known.has(css)) return;
  known.add(css);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
