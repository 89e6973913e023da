/**
 * The one socket of this tab: ticket handshake, own reconnection (so that the screen can say when it will try again),
 * `alive` every 20 s, and `sync` after every connection. Knows no store: it reports to whoever opened it.
 */
import { io, type Socket } from 'socket.io-client'
import { session } from './client'
import { Refusal } from './http'
import type { ConsoleEvent, SyncAnswer, TypingNotice, ViewingNotice } from './types'

export interface SocketReports {
  event: (event: ConsoleEvent) => void
  head: (seq: number) => void
  typing: (notice: TypingNotice) => void
  viewing: (notice: ViewingNotice) => void
  up: () => void
  down: (nextTryAt: number) => void
  revoked: () => void
}
export interface Line {
  tryNow: () => void
  close: () => void
  sync: (after: number) => Promise<SyncAnswer>
  typing: (conversation_id: string, on: boolean) => void
  viewing: (conversation_id: string | null, replying: boolean) => void
}

const ALIVE_MS = 20_000
const ACK_MS = 8_000
/** 1, 2, 4, 8, 15, 30, 30 … seconds, each a little off so that a hundred consoles do not come back in one instant. */
export const pause = (attempt: number, luck = Math.random()): number => Math.round([1, 2, 4, 8, 15, 30][Math.min(attempt, 5)]! * 1000 * (0.8 + luck * 0.4))

export function openSocket(reports: SocketReports): Line {
  let socket: Socket | null = null
  let attempt = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const again = (delay = pause(attempt++)): void => {
    if (closed) return
    clearTimeout(retry)
    retry = setTimeout(connect, delay)
    reports.down(Date.now() + delay)
  }

  async function connect(): Promise<void> {
    clearTimeout(retry)
    drop()
    let ticket: string
    try {
      ticket = (await session.ticket()).ticket
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return reports.revoked()
      return again()
    }
    if (closed) return
    const mine = io('/console', { path: '/socket.io/', auth: { ticket }, reconnection: false, forceNew: true, timeout: ACK_MS, transports: ['websocket', 'polling'], tryAllTransports: true })
    socket = mine
    mine.on('connect', () => { attempt = 0; reports.up() })
    mine.on('connect_error', () => { if (socket === mine) { drop(); again() } })
    mine.on('disconnect', () => { if (socket === mine) { drop(); again() } })
    mine.on('events', (list: ConsoleEvent[]) => list.forEach(reports.event))
    mine.on('head', (m: { seq: number }) => reports.head(m.seq))
    mine.on('typing', reports.typing)
    mine.on('viewing', reports.viewing)
    mine.on('drain', (m: { within: number }) => { if (socket === mine) { drop(); again(Math.random() * (m.within || 5) * 1000) } })
    mine.on('revoked', () => { close(); reports.revoked() })
  }

  function drop(): void {
    const old = socket
    socket = null
    old?.removeAllListeners()
    old?.disconnect()
  }
  function tell(name: string, body: object): void {
    if (socket?.connected) socket.emit(name, body) // not volatile: of two in a row the second would be lost
  }
  const onVisible = (): void => {
    if (document.visibilityState !== 'visible') return
    if (socket?.connected) tell('alive', {})
    else if (!closed) tryNow()
  }
  function tryNow(): void {
    attempt = 0
    void connect()
  }
  const alive = setInterval(() => tell('alive', {}), ALIVE_MS)
  document.addEventListener('visibilitychange', onVisible)
  window.addEventListener('online', tryNow)
  const onOffline = (): void => { if (socket) { drop(); again() } }
  window.addEventListener('offline', onOffline)

  function close(): void {
    closed = true
    clearTimeout(retry)
    clearInterval(alive)
    document.removeEventListener('visibilitychange', onVisible)
    window.removeEventListener('online', tryNow)
    window.removeEventListener('offline', onOffline)
    drop()
  }

  void connect()
  return {
    tryNow,
    close,
    sync: (after) => socket ? (socket.timeout(ACK_MS).emitWithAck('sync', { after }) as Promise<SyncAnswer>) : Promise.reject(new Error('not connected')),
    typing: (conversation_id, on) => tell('typing.set', { conversation_id, on }),
    viewing: (conversation_id, replying) => tell('viewing.set', { conversation_id, replying }),
  }
}
