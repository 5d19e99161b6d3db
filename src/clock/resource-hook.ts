import { type AsyncHook, createHook } from 'node:async_hooks'
import type { ContextClock } from '../model/context.ts'
import { execution } from '../model/context.ts'
import type { Operation } from './operation.ts'
import { real } from './real.ts'
import { noteRead, watchOpenSockets, watchSocket } from './socket-watch.ts'

/**
 * Work that Node does not list among its active resources: crypto, compression and native addons run in the
 * thread pool, and libraries have timers of their own.
 */
type Kind = 'operation' | 'doubtful' | 'stream' | 'step' | 'socket' | 'other'

const SOCKET = /^(?:TCP|PIPE|TLS)WRAP$/
const THREAD_POOL = /REQUEST$/
const LISTED_OR_IDLE =
  /WRAP$|^FS|^HTTP|^STREAM_|^FILEHANDLE|^DIRHANDLE|^TLS|^Tick|^Microtask$|^bound-|^PROMISE$|PORT$|^TTY/
/** A doubtful resource that says nothing for so long is a handle rather than an operation. */
const doubtMaxMs = 1_000

const kinds: Map<string, Kind> = new Map()
const operations: Map<number, Operation> = new Map()
const doubtful: Map<number, Operation> = new Map()
/** Doubtful ones that call back many times. */
const streams: Map<number, Operation> = new Map()
let activity = 0
let hook: AsyncHook | undefined
let hooked = false

/** What the hook knows; `certain`: it would know of everything. */
export interface HookView {
  readonly activity: number
  readonly certain: boolean
  readonly operations: Iterable<Operation>
}

/** Starts to follow what code in an execution context starts. */
export function startResourceHook(): void {
  if (hook === undefined) {
    hook = createHook({ init, before: noteRead, after, trackPromises: false })
    if (seesPromises()) return
    hooked = true
  }
  watchOpenSockets()
  if (hooked) hook.enable()
}

export function stopResourceHook(): void {
  hook?.disable()
  operations.clear()
  doubtful.clear()
  streams.clear()
}

/** What is known about the operations of one clock. */
export function viewOf(clock: ContextClock, nowMs: number): HookView {
  let certain = hooked
  for (const some of [doubtful, streams]) {
    for (const [id, resource] of some) {
      if (nowMs - resource.lastMs > doubtMaxMs) some.delete(id)
      else if (resource.clock === clock) certain = false
    }
  }
  return { activity, certain, operations: operations.values() }
}

function init(asyncId: number, type: string, _trigger: number, resource: object): void {
  let kind = kinds.get(type)
  if (kind === undefined) kinds.set(type, (kind = kindOf(type)))
  if (kind === 'other') return
  if (kind === 'socket') {
    watchSocket(asyncId, resource)
    return
  }
  const clock = execution.getStore()?.clock
  if (clock === undefined) return
  activity++
  if (kind === 'step') return
  const started = { clock, lastMs: real.nowMs(), hung: false }
  if (kind === 'operation') operations.set(asyncId, started)
  else if (kind === 'stream') streams.set(asyncId, started)
  else doubtful.set(asyncId, started)
}

function after(asyncId: number): void {
  if (operations.size + doubtful.size + streams.size === 0) return
  const stream = streams.get(asyncId)
  if (stream !== undefined) {
    stream.lastMs = real.nowMs()
    activity++
  } else if (operations.delete(asyncId) || doubtful.delete(asyncId)) activity++
}

function kindOf(type: string): Kind {
  if (type === 'Immediate') return 'step'
  if (type === 'ZLIB') return 'stream'
  if (SOCKET.test(type)) return 'socket'
  if (type === 'HTTPCLIENTREQUEST' || LISTED_OR_IDLE.test(type)) return 'other'
  return THREAD_POOL.test(type) ? 'operation' : 'doubtful'
}

/** An older Node would call the hook for every promise, which is too slow to be worth it. */
function seesPromises(): boolean {
  let seen = false
  const probe = createHook({
    init: (_id, type) => {
      seen ||= type === 'PROMISE'
    },
    trackPromises: false,
  }).enable()
  void Promise.resolve().then(() => undefined)
  probe.disable()
  return seen
}
