/** Fails when a built file is heavier than the widget promises (gzip, as a browser receives it). */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const out = join(dirname(fileURLToPath(import.meta.url)), '..', 'gateway', 'web', 'assets', 'widget');
const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
const gzip = (file) => gzipSync(readFileSync(join(out, file)), { level: 9 }).length;

/** What a name may weigh, in bytes: the loader, the panel, a language, any later chunk. */
const budget = (name) => (name === 'loader' ? 3000 : name === 'panel' ? 35000 : name.startsWith('lang-') ? 2048 : 4000);

/** The panel counts together with every chunk that it imports at once. */
function withImports(file, seen = new Set()) {
  if (seen.has(file)) return 0;
  seen.add(file);
  const text = readFileSync(join(out, file), 'utf8');
  const statics = [...text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)].map((found) => found[1]);
  return gzip(file) + statics.reduce((sum, each) => sum + withImports(each, seen), 0);
}

let heavy = 0;
for (const [name, file] of Object.entries(manifest)) {
  const size = name === 'panel' ? withImports(file) : gzip(file);
  const over = size > budget(name);
  heavy += over ? 1 : 0;
  console.log(`${over ? 'TOO HEAVY' : 'ok       '} ${name.padEnd(10)} ${String(size).padStart(6)} of ${budget(name)} bytes`);
}
for (const name of ['loader', 'panel', 'lang-en', 'lang-ru', 'lang-es', 'lang-fa']) {
  if (!(name in manifest)) {
    console.error(`missing: ${name}`);
    heavy += 1;
  }
}
process.exit(heavy ? 1 : 0);
