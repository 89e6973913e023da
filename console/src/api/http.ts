/** The one place that talks HTTP: session cookie, CSRF header, problem+json turned into one error. Knows no screen and no store. */
import { taste } from '@/format'
import type { Problem } from './types'

let csrf = ''
let onSignedOut: () => void = () => undefined

export function useCsrf(token: string): void {
  csrf = token
}
export function whenSignedOut(act: () => void): void {
  onSignedOut = act
}

/** The gateway said no: in English in detail, in the language that was asked for in its title. `offline` is a Refusal too: nothing answered. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(taste.locale === 'en' ? problem.detail || problem.title : problem.title || problem.detail)
    this.name = 'Refusal'
  }
  get code(): string { return this.problem.code }
  get status(): number { return this.problem.status }
  /** Nobody can know whether it arrived: no answer, or the gateway is not itself. The same client_id may be sent again. */
  get passing(): boolean { return this.status === 0 || this.status === 429 || this.status >= 502 }
}

export type Query = Record<string, string | number | boolean | null | undefined>

export function address(path: string, query: Query = {}): string {
  const kept = Object.entries(query).filter(([, v]) => v !== null && v !== undefined && v !== '')
  return kept.length ? `${path}?${new URLSearchParams(kept.map(([k, v]) => [k, String(v)]))}` : path
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = { title: response.statusText, status: response.status, code: 'unexpected', detail: '' }
  try {
    return { ...fallback, ...((await response.json()) as Partial<Problem>) }
  } catch {
    return fallback
  }
}

/** One request. Raises Refusal; answers undefined for 204. */
export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': taste.locale }
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(path, { method, headers, credentials: 'same-origin', ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...(signal ? { signal } : {}) })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Refusal({ title: '', status: 0, code: 'offline', detail: '' })
  }
  if (!response.ok) {
    const problem = await problemOf(response)
    if (response.status === 401 && !path.startsWith('/api/v1/session')) onSignedOut()
    throw new Refusal(problem)
  }
  return (response.status === 204 ? undefined : await response.json()) as T
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> => request<T>('GET', address(path, query), undefined, signal)
export const post = <T>(path: string, body?: unknown): Promise<T> => request<T>('POST', path, body)
export const patch = <T>(path: string, body: unknown): Promise<T> => request<T>('PATCH', path, body)
export const put = <T>(path: string, body: unknown): Promise<T> => request<T>('PUT', path, body)
export const remove = <T>(path: string): Promise<T> => request<T>('DELETE', path)

/** A file, with progress from 0 to 1. XMLHttpRequest because fetch does not tell how much has gone out. */
export function upload<T>(path: string, file: File, progress: (done: number) => void): { result: Promise<T>; abort: () => void } {
  const xhr = new XMLHttpRequest()
  const result = new Promise<T>((resolve, reject) => {
    xhr.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total)
    xhr.onerror = () => reject(new Refusal({ title: '', status: 0, code: 'offline', detail: '' }))
    xhr.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    xhr.onload = () => {
      let body: unknown
      try { body = JSON.parse(xhr.responseText) } catch { body = undefined }
      if (xhr.status >= 200 && xhr.status < 300) resolve(body as T)
      else reject(new Refusal({ title: xhr.statusText, status: xhr.status, code: 'unexpected', detail: '', ...(body as Partial<Problem> | undefined) }))
    }
  })
  const form = new FormData()
  form.append('file', file, file.name)
  xhr.open('POST', path)
  xhr.setRequestHeader('X-CSRF-Token', csrf)
  xhr.setRequestHeader('Accept-Language', taste.locale)
  xhr.send(form)
  return { result, abort: () => xhr.abort() }
}
