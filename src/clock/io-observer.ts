import type { ContextClock } from '../model/context.ts'
import { activeResources } from './active-resources.ts'
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

/** Looks at everything that is observed. An operation silent for `ioSilenceMs` counts as hung from then on. */
export function lookAround(clock: ContextClock, nowMs: number, ioSilenceMs: number): Around {
  let busy = false
  let hung = false
  const judge = (operation: Operation): void => {
    if (operation.hung || (operation.clock !== undefined && operation.clock !== clock)) return
    if (nowMs - operation.lastMs < ioSilenceMs) busy = true
    else hung = operation.hung = true
  }
  const requests = requestsInFlight()
  for (const operation of requests.operations) judge(operation)
  const { open, moved, waiting } = lookAtSockets(nowMs)
  socketsMoved += moved
  for (const operation of waiting) judge(operation)
  const hooked = viewOf(clock, nowMs)
  for (const operation of hooked.operations) judge(operation)
  const active = activeResources(nowMs)
  if (active.request !== undefined) judge(active.request)
  return {
    activity: requests.activity + socketsMoved + hooked.activity,
    busy,
    hung,
    certain: observers > 0 && hooked.certain && open === 0 && !active.handles,
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
