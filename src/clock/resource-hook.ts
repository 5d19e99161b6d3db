import { type AsyncHook, createHook } from 'node:async_hooks'
import type { ContextClock } from '../model/context.ts'
import { execution } from '../model/context.ts'
import type { Operation } from './operation.ts'
import { real } from './real.ts'

/**
 * Work that Node does not list among its active resources: crypto, compression and native addons run in the
 * thread pool, and libraries have timers of their own.
 */
type Kind = 'operation' | 'doubtful' | 'step' | 'other'

const THREAD_POOL = /REQUEST$/
const LISTED_OR_IDLE =
  /WRAP$|^FS|^HTTP|^STREAM_|^FILEHANDLE|^DIRHANDLE|^TLS|^Tick|^Microtask$|^bound-|^PROMISE$|PORT$|^TTY/
/** A doubtful resource that says nothing for so long is a handle rather than an operation. */
const doubtMaxMs = 1_000

const kinds: Map<string, Kind> = new Map()
const operations: Map<number, Operation> = new Map()
const doubtful: Map<number, Operation> = new Map()
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
    hook = createHook({ init, after, trackPromises: false })
    if (seesPromises()) return
    hooked = true
  }
  if (hooked) hook.enable()
}

export function stopResourceHook(): void {
  hook?.disable()
  operations.clear()
  doubtful.clear()
}

/** What is known about the operations of one clock. */
export function viewOf(clock: ContextClock, nowMs: number): HookView {
  let certain = hooked
  for (const [id, resource] of doubtful) {
    if (nowMs - resource.lastMs > doubtMaxMs) doubtful.delete(id)
    else if (resource.clock === clock) certain = false
  }
  return { activity, certain, operations: operations.values() }
}

function init(asyncId: number, type: string): void {
  let kind = kinds.get(type)
  if (kind === undefined) kinds.set(type, (kind = kindOf(type)))
  if (kind === 'other') return
  const clock = execution.getStore()?.clock
  if (clock === undefined) return
  activity++
  if (kind === 'step') return
  const started = { clock, lastMs: real.nowMs(), hung: false }
  if (kind === 'operation') operations.set(asyncId, started)
  else doubtful.set(asyncId, started)
}

function after(asyncId: number): void {
  if (operations.size === 0 && doubtful.size === 0) return
  if (operations.delete(asyncId) || doubtful.delete(asyncId)) activity++
}

function kindOf(type: string): Kind {
  if (type === 'Immediate') return 'step'
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
