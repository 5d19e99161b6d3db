import type { Operation } from './operation.ts'
import { real } from './real.ts'

/** What Node's own handle of a connection tells, encrypted or not. */
interface SocketHandle {
  readonly bytesRead: number
  readonly bytesWritten: number
  /** Negative once it is closed. */
  readonly fd: number
  getAsyncId(): number
}

interface WatchedSocket extends Operation {
  readonly handle: SocketHandle
  read: number
  written: number
  /** How much had been written when the last answer came. */
  answered: number
  /** The last answer was noted when it came, not by looking at it afterwards. */
  noted: boolean
}

/** What is among `process._getActiveHandles()`: sockets, servers, child processes … */
interface ActiveHandle {
  readonly _handle?: Partial<SocketHandle> | null
  readonly fd?: number | null
  /** Where it was accepted: the other side is who waits. */
  readonly server?: unknown
  getConnections?: unknown
}

/** What {@link lookAtSockets} saw. */
export interface SocketView {
  /** How many moved since the last look. */
  readonly moved: number
  /** Real time at which the last of them moved. */
  readonly movedAtMs: number
  /** Those that wait for an answer. */
  readonly waiting: readonly Operation[]
  /** There are handles of another kind, on which something could arrive as well. */
  readonly others: boolean
}

// Node documents no other way to the connections that a driver opened long ago.
const listHandles = (process as unknown as { _getActiveHandles?: () => ActiveHandle[] })._getActiveHandles
const activeHandles = (): ActiveHandle[] => listHandles?.call(process) ?? []
/** The test runner's own. */
const atLoad: WeakSet<object> = new WeakSet(
  activeHandles().filter((handle) => handleOf(handle) === undefined),
)
const sockets: Map<number, WatchedSocket> = new Map()

/** A connection is being made. */
export function watchSocket(asyncId: number, handle: object): void {
  const lastMs = real.nowMs()
  const known = { read: 0, written: 0, answered: 0, noted: true }
  sockets.set(asyncId, { clock: undefined, lastMs, hung: false, handle: handle as SocketHandle, ...known })
}

/** Something arrived: whatever was written before is answered. */
export function noteRead(asyncId: number): void {
  const socket = sockets.get(asyncId)
  if (socket === undefined) return
  socket.answered = socket.handle.bytesWritten
  socket.noted = true
}

/** Starts with the connections that are open: nothing is in flight on them. */
export function watchOpenSockets(): void {
  sockets.clear()
  for (const active of activeHandles()) stateOf(active)
}

/** Looks at all connections of this process that keep it alive. */
export function lookAtSockets(nowMs: number): SocketView {
  let moved = 0
  let movedAtMs = Number.NEGATIVE_INFINITY
  let others = listHandles === undefined
  const waiting: Operation[] = []
  for (const active of activeHandles()) {
    const socket = stateOf(active)
    if (socket === undefined) {
      others ||= !(isPassive(active) || atLoad.has(active))
      continue
    }
    if (update(socket, nowMs)) moved++
    movedAtMs = Math.max(movedAtMs, socket.lastMs)
    const isClient = active.server === undefined || active.server === null
    if (isClient && socket.written > socket.answered) waiting.push(socket)
  }
  if (moved > 0) forgetClosed()
  return { moved, movedAtMs, waiting, others }
}

function update(socket: WatchedSocket, nowMs: number): boolean {
  const { bytesRead, bytesWritten } = socket.handle
  if (bytesRead === socket.read && bytesWritten === socket.written) return false
  // Under TLS the answer arrives at another handle: better too early than never.
  if (bytesRead !== socket.read && !socket.noted) socket.answered = bytesWritten
  socket.noted = false
  socket.read = bytesRead
  socket.written = bytesWritten
  socket.lastMs = nowMs
  socket.hung = false
  return true
}

function stateOf(active: ActiveHandle): WatchedSocket | undefined {
  const handle = handleOf(active)
  if (handle === undefined || isStdio(active)) return undefined
  const asyncId = handle.getAsyncId()
  const known = sockets.get(asyncId)
  if (known !== undefined) return known
  const { bytesRead: read, bytesWritten: written } = handle
  const state = { read, written, answered: written, noted: false }
  const socket = { clock: undefined, lastMs: real.nowMs(), hung: false, handle, ...state }
  sockets.set(asyncId, socket)
  return socket
}

function handleOf({ _handle: handle }: ActiveHandle): SocketHandle | undefined {
  const isSocket = typeof handle?.bytesRead === 'number' && typeof handle.getAsyncId === 'function'
  return isSocket ? (handle as SocketHandle) : undefined
}

/** A server does nothing by itself, nor does standard output. */
function isPassive(active: ActiveHandle): boolean {
  return typeof active.getConnections === 'function' || isStdio(active)
}

function isStdio({ fd }: ActiveHandle): boolean {
  return typeof fd === 'number' && fd >= 0 && fd <= 2
}

function forgetClosed(): void {
  for (const [asyncId, { handle }] of sockets) if (handle.fd < 0) sockets.delete(asyncId)
}
