import type { ExecutionContext } from '../model/context.ts'
import type { VirtualTimer } from './virtual-timer.ts'

const delayMaxMs = 2 ** 31 - 1

/** Sets a virtual timer for the code of a context; it dies with the delivery, if there is one. */
export function setInContext(
  context: ExecutionContext,
  callback: () => void,
  delayMs: number,
  repeat: boolean,
): VirtualTimer {
  const timer = context.clock.setTimer(callback, delayMs, repeat) as VirtualTimer
  context.delivery?.ownTimer(timer)
  return timer
}

/** A delay as Node takes it: at least 1 ms, whole, and what does not fit into 31 bits is 1 ms as well. */
export function nodeDelayMs(delay: unknown): number {
  const delayMs = (delay as number) * 1
  if (delayMs >= 1 && delayMs <= delayMaxMs) return Math.trunc(delayMs)
  if (delayMs > delayMaxMs) {
    const text = `${delayMs} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`
    process.emitWarning(text, 'TimeoutOverflowWarning')
  }
  return 1
}
