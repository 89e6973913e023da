/**
 * Catalogues, compiled when the console is built: `virtual:messages/<locale>` is every `*.<locale>.json` of the folder,
 * merged, each message turned into the form the runtime reads. So the browser needs no message compiler and no eval.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { baseCompile } from '@intlify/message-compiler'
import type { Plugin } from 'vite'

const PREFIX = 'virtual:messages/'

/** Areas that only pages outside the inbox speak: fetched with the first of those pages. */
export const LATER = ['settings', 'leads', 'calls', 'signin']
const SECOND = '.more'

export interface Catalogue {
  [key: string]: string | Catalogue
}

/** All catalogues of one locale laid over one another; a key that two files claim is an error. `later` asks for one half only. */
export function readCatalogue(folder: string, locale: string, later?: boolean): Catalogue {
  const merged: Catalogue = {}
  const wanted = (name: string): boolean => name.endsWith(`.${locale}.json`) && (later === undefined || LATER.includes(name.split('.')[0]!) === later)
  for (const name of readdirSync(folder).filter(wanted).sort()) {
    const part = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Catalogue
    for (const [key, value] of Object.entries(part)) {
      if (key in merged) throw new Error(`${name}: "${key}" is claimed by another catalogue`)
      merged[key] = value
    }
  }
  return merged
}

function compiled(value: string | Catalogue, path: string): unknown {
  if (typeof value !== 'string') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, compiled(v, `${path}.${k}`)]))
  const onError = (e: { message: string }): never => {
    throw new Error(`${path}: ${e.message}`)
  }
  return baseCompile(value, { jit: true, minify: true, location: false, onError } as Parameters<typeof baseCompile>[1]).ast
}

export function messages(folder: string): Plugin {
  return {
    name: 'console-messages',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined
      const name = id.slice(PREFIX.length + 1)
      const later = name.endsWith(SECOND)
      const locale = later ? name.slice(0, -SECOND.length) : name
      for (const file of readdirSync(folder)) this.addWatchFile(join(folder, file))
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(compiled(readCatalogue(folder, locale, later), locale)))})`
    },
  }
}
