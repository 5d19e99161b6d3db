import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { Operation } from './operation.ts'
import { real } from './real.ts'

interface WatchedSocket extends Operation {
  written: number
  read: number
  /** How much had been written when the last answer came. */
  answered: number
}

const sockets: Map<Socket, WatchedSocket> = new Map()

// From the start, since a pool's connections outlive the run in which they were opened.
subscribe('net.client.socket', (message) => watch((message as { socket: Socket }).socket))

function watch(socket: Socket): void {
  sockets.set(socket, {
    clock: undefined,
    lastMs: real.nowMs(),
    hung: false,
    written: 0,
    read: 0,
    answered: 0,
  })
  socket.once('close', () => sockets.delete(socket))
}

/** What {@link lookAtSockets} saw. */
export interface SocketView {
  readonly open: number
  /** How many moved since the last look. */
  readonly moved: number
  /** Those that wait for an answer. */
  readonly waiting: readonly Operation[]
}

const NONE: SocketView = { open: 0, moved: 0, waiting: [] }

/** Looks at the connections that this process opened. */
export function lookAtSockets(nowMs: number): SocketView {
  if (sockets.size === 0) return NONE
  let moved = 0
  const waiting: Operation[] = []
  for (const [socket, state] of sockets) {
    const { bytesRead } = socket
    const bytesWritten = socket.bytesWritten ?? 0
    if (bytesRead !== state.read || bytesWritten !== state.written) {
      moved++
      state.lastMs = nowMs
      state.hung = false
      if (bytesRead !== state.read) state.answered = bytesWritten
      state.read = bytesRead
      state.written = bytesWritten
    }
    if (state.written > state.answered) waiting.push(state)
  }
  return { open: sockets.size, moved, waiting }
}
