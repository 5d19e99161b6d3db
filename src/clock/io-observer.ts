import type { ContextClock } from '../model/context.ts'
import { activeRequest } from './active-requests.ts'
import type { Operation } from './operation.ts'
import { requestsInFlight } from './request-watch.ts'
import { startResourceHook, stopResourceHook, viewOf } from './resource-hook.ts'
import { lookAtSockets } from './socket-watch.ts'

/** What is going on in the real world, as far as one clock is concerned. */
export interface Around {
  /** Grows with every progress of an operation. */
  readonly activity: number
  /** An operation is in flight. */
  readonly busy: boolean
  /** An operation was found hung just now. */
  readonly hung: boolean
  /** Nothing real can be going on, observed or not. */
  readonly certain: boolean
}

let observers = 0
let socketsMoved = 0

/** For how long silence is silence, in real milliseconds; see `VirtualClockOptions`. */
export interface Patience {
  readonly idleMs: number
  readonly ioSilenceMs: number
}

/** Looks at everything that is observed. An operation silent for `ioSilenceMs` counts as hung from then on. */
export function lookAround(clock: ContextClock, nowMs: number, { idleMs, ioSilenceMs }: Patience): Around {
  let busy = false
  let hung = false
  const judge = (operation: Operation): void => {
    if (operation.hung || (operation.clock !== undefined && operation.clock !== clock)) return
    if (nowMs - operation.lastMs < ioSilenceMs) busy = true
    else hung = operation.hung = true
  }
  const requests = requestsInFlight()
  for (const operation of requests.operations) judge(operation)
  const sockets = lookAtSockets(nowMs)
  socketsMoved += sockets.moved
  for (const operation of sockets.waiting) judge(operation)
  const hooked = viewOf(clock, nowMs)
  for (const operation of hooked.operations) judge(operation)
  const active = activeRequest(nowMs)
  if (active !== undefined) judge(active)
  const isStill = !sockets.others && nowMs - sockets.movedAtMs >= idleMs
  return {
    activity: requests.activity + socketsMoved + hooked.activity,
    busy,
    hung,
    certain: observers > 0 && hooked.certain && isStill,
  }
}

/**
 * Watches what Node does not list (see `resource-hook.ts`) until the returned function is called. Without it
 * no virtual timer fires before a silence of `idleMs`.
 */
export function observeIo(): () => void {
  if (observers++ === 0) startResourceHook()
  let done = false
  return () => {
    if (done) return
    done = true
    if (--observers === 0) stopResourceHook()
  }
}
