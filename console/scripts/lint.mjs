// Rules that no compiler knows: directions are logical (start, end), words come from the catalogues, and no class of ours is called like a
// utility that places or hides things: the style library would obey it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SRC = new URL('../src/', import.meta.url).pathname
const PHYSICAL = /(?:^|[\s;{"'`])(?:(?:margin|padding|border)-(?:left|right)|(?:left|right)\s*:|text-align:\s*(?:left|right)|float:\s*(?:left|right)|(?:-?m|p)[lr]-\d|(?:rounded|border)-[lr](?:-|\s)|(?:left|right)-\d|text-(?:left|right)\b)/
const OBEYED = /\sclass="(?:[^"]*\s)?(fixed|absolute|static|sticky|invisible|collapse|contents|hidden|container|truncate|filter|blur|invert)(?:\s[^"]*)?"/
const found = []

const all = (dir) => readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? all(join(dir, e.name)) : [join(dir, e.name)]))

function words(file, text) {
  const template = /<template>([\s\S]*)<\/template>/.exec(text)?.[1] ?? ''
  const bare = template.replace(/<!--[\s\S]*?-->/g, '').replace(/<kbd\b[\s\S]*?<\/kbd>/g, '').replace(/\{\{[\s\S]*?\}\}/g, '').replace(/<(?:"[^"]*"|'[^']*'|[^>"'])*>/g, '\n')
  for (const line of bare.split('\n')) if (/\p{L}{2,}/u.test(line)) found.push(`${file}: words outside the catalogues: "${line.trim()}"`)
  for (const m of template.matchAll(/\s(?:aria-label|title|placeholder|alt|label|description)="([^"]*\p{L}{2,}[^"]*)"/gu)) found.push(`${file}: words outside the catalogues: ${m[0].trim()}`)
}

for (const path of all(SRC)) {
  if (!/\.(vue|ts|css)$/.test(path)) continue
  const text = readFileSync(path, 'utf8')
  const file = path.slice(SRC.length)
  text.split('\n').forEach((line, i) => {
    if (PHYSICAL.test(line) && !line.includes('physical:')) found.push(`${file}:${i + 1}: use start and end, not left and right: ${line.trim()}`)
  })
  if (path.endsWith('.vue')) words(file, text)
  const utility = OBEYED.exec(text)
  if (utility) found.push(`${file}: a class called "${utility[1]}" is a utility of the style library`)
  if (text.split('\n').length > 400) found.push(`${file}: longer than 400 lines`)
}
for (const line of found) console.log(line)
process.exit(found.length ? 1 : 0)
