// What the first page costs: the entry, everything it imports at once, and the inbox route. Fails above the budget.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = 250 * 1000
const ROOT = new URL('../../gateway/web/assets/console/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', ROOT), 'utf8'))
const FIRST = ['index.html', 'src/pages/Inbox.vue', 'virtual:messages/en']

const files = new Set()
const walk = (key) => {
  const chunk = manifest[key]
  if (!chunk || files.has(chunk.file)) return
  files.add(chunk.file)
  for (const next of chunk.imports ?? []) walk(next)
}
for (const key of Object.keys(manifest)) if (FIRST.some((name) => key.endsWith(name))) walk(key)

let total = 0
for (const file of [...files].filter((f) => f.endsWith('.js')).sort()) {
  const size = gzipSync(readFileSync(new URL(file, ROOT)), { level: 9 }).length
  total += size
  console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${file}`)
}
const css = new Set(Object.values(manifest).filter((c) => files.has(c.file)).flatMap((c) => c.css ?? []))
for (const file of css) console.log(`${(gzipSync(readFileSync(new URL(file, ROOT)), { level: 9 }).length / 1000).toFixed(1).padStart(8)} kB  ${file} (not counted)`)
console.log(`${(total / 1000).toFixed(1).padStart(8)} kB  JavaScript of the first route, gzip; at most ${BUDGET / 1000} kB`)
if (total > BUDGET || total === 0) process.exit(1)
