import { execution } from '../model/context.ts'
import { FaultlineError } from '../model/error.ts'
import { Activation, type CodePlace } from './activation.ts'
import { armAll } from './arming.ts'
import { type CrashSignal, isCrashSignal } from './crash-signal.ts'
import { goesOn, suspend } from './current.ts'
import type { Delivery } from './delivery.ts'
import { followed } from './followed.ts'
import { afterSleep, noValues } from './held-loop.ts'
import type { Strike } from './mode.ts'
import { endsOf, loopsOf, passesOf, placesOf } from './places.ts'
import { type FileRecord, type Probes, shared } from './shared.ts'
import { startedAt } from './started.ts'

/** Awaits of one delivery before it counts as a runaway. */
export const awaitsMax = 1_000_000

function running(): Delivery | undefined {
  return execution.getStore()?.delivery as Delivery | undefined
}

/** The branch a point belongs to: the lexically enclosing activation, else whatever runs, else the root. */
function branchOf(delivery: Delivery, activation: Activation | undefined): Activation {
  if (activation !== undefined && activation.delivery === delivery) return activation
  const { current } = shared
  return current !== undefined && current.delivery === delivery ? current : delivery.root
}

function alive(delivery: Delivery, file: FileRecord, index: number, activation?: Activation): boolean {
  if (delivery.death !== undefined) throw delivery.death
  if (delivery.ended === undefined) return true
  // A timer that nobody cleared may still reject a race that is over, or abort what has ended: that is no work.
  const overlaps = delivery.runsOn && delivery.overlap === undefined
  if ((delivery.late === undefined || overlaps) && placesOf(file)[index]!.canFail) {
    // Of a callback whose function has thrown only the timer is known.
    const timer = overlaps ? delivery.root.last : undefined
    const started = startedAt(branchOf(delivery, activation), file, index) ?? timer
    const reach = { file, index, ...(started === undefined ? undefined : { started }) }
    delivery.late ??= reach
    if (overlaps) delivery.overlap = reach
  }
  return false
}

/** Points of lines, calls and sync returns. True: the code awaits `activation.w`. */
function point(file: FileRecord, index: number, activation?: Activation, args?: unknown[]): boolean {
  const delivery = running()
  if (delivery === undefined) return false
  if (delivery.abandoned && isPausable(file, index, activation)) return abandon(activation)
  if (!alive(delivery, file, index, activation)) return false
  const branch = branchOf(delivery, activation)
  const strike = delivery.mode.reach(delivery, file, index, branch, args)
  const pausable = activation === branch && isPausable(file, index, branch)
  if (strike?.strike(delivery, branch, pausable)) return true
  if (!delivery.asleep || !pausable) return false
  branch.w = delivery.sleep
  return true
}

/** Only then does the code look at the answer: a sync callback has its async function's activation, too. */
function isPausable(
  file: FileRecord,
  index: number,
  activation: Activation | undefined,
): activation is Activation {
  return activation !== undefined && placesOf(file)[index]!.pausable
}

/** Held for ever: nothing unwinds, as when the process is simply gone. */
function abandon(activation: Activation): true {
  activation.w = new Promise(() => {})
  return true
}

function enter(): Activation | undefined {
  const delivery = running()
  if (delivery === undefined) return undefined
  if (delivery.death !== undefined) throw delivery.death
  const { current } = shared
  const known = current !== undefined && current.delivery === delivery ? current : delivery.root
  const parent = followed(delivery) ?? known
  const activation = new Activation(delivery, parent, ++parent.children)
  activation.caller = current ?? (shared.following ? delivery.root : undefined)
  goesOn(activation)
  delivery.opened(activation)
  return activation
}

function awaiting(
  file: FileRecord,
  index: number,
  activation: Activation | undefined,
  awaited: unknown,
): unknown {
  if (activation === undefined) return awaited
  suspend(activation)
  const { delivery } = activation
  activation.file = file
  activation.at = index
  activation.awaited = awaited
  if (delivery.death !== undefined) {
    if (awaited instanceof Promise) awaited.catch(() => {})
    if (delivery.abandoned) return loopsOf(file)[index] === 0 ? new Promise(() => {}) : noValues
    throw delivery.death
  }
  if (++delivery.awaits > awaitsMax) {
    delivery.stuckAt ??= { file, index }
    throw endless(delivery, runaway(delivery, file, index))
  }
  if (file.s[index] === 0) return awaited
  if (loopsOf(file)[index] !== 0) return delivery.asleep ? afterSleep(delivery.sleep, awaited) : awaited
  if (delivery.asleep) {
    // It is awaited, only later: what is rejected meanwhile is not unhandled.
    if (awaited instanceof Promise) awaited.catch(() => {})
    return delivery.sleep.then(() => awaited)
  }
  return delivery.mode.hold?.(delivery, file, index, activation, awaited) ?? awaited
}

/** A `catch` or `finally` of an async function: where it goes on when what it awaited was rejected. */
function handling(activation: Activation): void {
  shared.progress++
  goesOn(activation)
  activation.awaited = undefined
}

/** What never ends must not be able to catch that either: it dies of it. */
function endless(delivery: Delivery, error: FaultlineError): CrashSignal {
  delivery.fatal ??= error
  armAll()
  return delivery.die()
}

function awaited(
  file: FileRecord,
  index: number,
  activation: Activation | undefined,
  value: unknown,
): unknown {
  if (activation === undefined) return value
  shared.progress++
  goesOn(activation)
  activation.awaited = undefined
  const { delivery } = activation
  if (delivery.death !== undefined) throw delivery.death
  if (file.s[index] !== 0 && alive(delivery, file, index, activation)) {
    delivery.mode.reach(delivery, file, index, activation)?.strike(delivery, activation, false)
  }
  if (endsOf(file)[index] !== 0) {
    delivery.closed(activation)
    shared.current = undefined
  }
  return value
}

function resumed(file: FileRecord, index: number, activation: Activation | undefined): boolean {
  if (activation === undefined) return false
  shared.progress++
  goesOn(activation)
  return file.s[index] !== 0 && point(file, index, activation)
}

/** An async function returns: its activation is over, whatever strikes at the return. */
function returning(
  file: FileRecord,
  index: number,
  activation: Activation | undefined,
  value: unknown,
): unknown {
  if (activation === undefined) return value
  suspend(activation)
  activation.delivery.closed(activation)
  if (file.s[index] === 0) return value
  const end = reachReturn(file, index, activation, value, isThenable(value))
  if (passesOf(file)[index] !== 0 && isPlainPromise(end))
    noteBypass(activation.delivery, { file, index }, end)
  return end
}

/** A sync function returns: what its caller gets must stay what it is, unless it is a promise and nothing more. */
function returned(
  file: FileRecord,
  index: number,
  activation: Activation | undefined,
  value: unknown,
): unknown {
  const isPromise = isPlainPromise(value)
  file.promised ??= new Uint8Array(file.s.length)
  file.promised[index] = isPromise ? 1 : 2
  return reachReturn(file, index, activation, value, isPromise)
}

/** An error struck before a sync function's return: what returned a promise before would have rejected it. */
function failed(file: FileRecord, index: number, error: unknown): Promise<never> {
  const delivery = running()
  if (delivery?.injected === undefined || delivery.injected.error !== error) throw error
  const known = file.promised?.[index]
  if (known === 1) return Promise.reject(error)
  if (!known) delivery.mode.unsure?.push({ file, index })
  throw error
}

function reachReturn(
  file: FileRecord,
  index: number,
  activation: Activation | undefined,
  value: unknown,
  isPromise: boolean,
): unknown {
  const delivery = running()
  if (delivery === undefined || !alive(delivery, file, index, activation)) return value
  const branch = branchOf(delivery, activation)
  const { mode } = delivery
  const reach = (settled: unknown): Strike | undefined =>
    mode.reach(delivery, file, index, branch, undefined, settled)
  if (mode.returns === undefined || !isPromise) {
    reach(value)?.strike(delivery, branch, false)
    return value
  }
  const known = mode.returns === 'reached' ? reach(value) : undefined
  if (mode.returns === 'reached' && known === undefined) return value
  const settle = (settled: unknown): void => {
    if (alive(delivery, file, index)) (known ?? reach(settled))?.strike(delivery, branch, false)
  }
  return (value as PromiseLike<unknown>).then(
    (settled) => {
      settle(settled)
      return settled
    },
    (reason) => {
      settle(undefined)
      throw reason
    },
  )
}

/** Who is returned to handles it: that is why nothing of it is taken away here. */
function noteBypass(delivery: Delivery, at: CodePlace, end: Promise<unknown>): void {
  end.then(undefined, (error) => {
    if (!isCrashSignal(error)) (delivery.bypassed ??= []).push({ ...at, error })
  })
}

/** One of which nothing can be seen when it is asked for its end. */
function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && value.constructor === Promise
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}

function runaway(delivery: Delivery, file: FileRecord, index: number): FaultlineError {
  const place = placesOf(file)[index]!
  return new FaultlineError('FAULTLINE_RUNAWAY', {
    message: `${delivery.identity.jobId} never ends: more than ${awaitsMax} awaits in one delivery, the last at ${place.file}:${place.line}.`,
    hint: 'A loop there waits for something that does not happen; in virtual time, a poll without a sleep spins for ever.',
  })
}

/** Answers the probes, unless another copy of the package does already. */
export function installProbes(timer: (value: unknown) => unknown): void {
  const probes: Probes = {
    point,
    enter,
    awaiting,
    awaited,
    resumed,
    returning,
    returned,
    failed,
    handling,
    timer,
  }
  if (shared.point === undefined) Object.assign(shared, probes)
}
