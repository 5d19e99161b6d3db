import { execution } from '../model/context.ts'
import { isCrashSignal } from './crash-signal.ts'
import type { Delivery } from './delivery.ts'

type Listener = (...args: never[]) => void
const events = ['uncaughtException', 'unhandledRejection'] as const

let installs = 0
let saved: Partial<Record<(typeof events)[number], Listener[]>> = {}
type Report = (reason: unknown, delivery: Delivery, kind: 'rejection' | 'exception') => void

let report: Report | undefined

/**
 * While a run is on: the death of a delivery never surfaces as an uncaught error, and an unhandled rejection or
 * uncaught exception that comes out of a delivery goes to `reported`. Every other one goes where it went before.
 */
export function guardUncaught(reported: Report): () => void {
  report = reported
  if (installs++ === 0) install()
  let released = false
  return () => {
    if (released) return
    released = true
    if (--installs === 0) uninstall()
  }
}

function install(): void {
  saved = {}
  for (const event of events) {
    saved[event] = process.listeners(event as 'uncaughtException') as Listener[]
    process.removeAllListeners(event)
  }
  process.on('uncaughtException', uncaught)
  process.on('unhandledRejection', unhandled)
  process.on('rejectionHandled', handledLate)
}

function uninstall(): void {
  process.removeListener('uncaughtException', uncaught)
  process.removeListener('unhandledRejection', unhandled)
  process.removeListener('rejectionHandled', handledLate)
  for (const event of events)
    for (const listener of saved[event] ?? []) process.on(event, listener as () => void)
  saved = {}
  report = undefined
}

/** Without a listener Node warns of each promise of a dead delivery that library code handles after all. */
function handledLate(): void {}

function uncaught(error: unknown, origin: string): void {
  if (isCrashSignal(error)) return
  const delivery = execution.getStore()?.delivery as Delivery | undefined
  if (delivery !== undefined && report !== undefined) {
    if (!delivery.dead) report(error, delivery, 'exception')
  } else forward('uncaughtException', error, origin)
}

function unhandled(reason: unknown, promise: unknown): void {
  if (isCrashSignal(reason)) return
  const delivery = execution.getStore()?.delivery as Delivery | undefined
  if (delivery !== undefined) {
    if (!delivery.dead) report?.(reason, delivery, 'rejection')
    return
  }
  forward('unhandledRejection', reason, promise)
}

function forward(event: (typeof events)[number], first: unknown, second: unknown): void {
  const listeners = saved[event] ?? []
  if (listeners.length === 0) {
    process.nextTick(() => {
      uninstall()
      installs = 0
      throw first
    })
    return
  }
  for (const listener of listeners) (listener as (...args: unknown[]) => void).call(process, first, second)
}
