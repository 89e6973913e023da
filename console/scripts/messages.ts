/**
 * Catalogues, compiled when the console is built: `virtual:messages/<locale>` is every `*.<locale>.json` of the folder,
 * merged, each message turned into the form the runtime reads. So the browser needs no message compiler and no eval.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { baseCompile } from '@intlify/message-compiler'
import type { Plugin } from 'vite'

const PREFIX = 'virtual:messages/'

export interface Catalogue {
  [key: string]: string | Catalogue
}

/** All catalogues of one locale laid over one another; a key that two files claim is an error. */
export function readCatalogue(folder: string, locale: string): Catalogue {
  const merged: Catalogue = {}
  for (const name of readdirSync(folder).filter((n) => n.endsWith(`.${locale}.json`)).sort()) {
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
      const locale = id.slice(PREFIX.length + 1)
      for (const name of readdirSync(folder)) this.addWatchFile(join(folder, name))
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(compiled(readCatalogue(folder, locale), locale)))})`
    },
  }
}
