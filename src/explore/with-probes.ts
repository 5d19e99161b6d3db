import { type Delivery, eventLoopTurn, guardUncaught, switchOff, switchOn } from '../runtime/index.ts'
import { exclusively } from './exclusive.ts'

/** Runs `body` alone in the process, with probes on and unhandled rejections attributed to their deliveries. */
export function withProbes<T>(what: string, body: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const alone = async (): Promise<T> => {
    const release = guardUncaught((reason: unknown, delivery: Delivery, kind) => {
      if (kind === 'rejection') (delivery.rejections ??= []).push(reason)
      else {
        // What a fault threw into a callback ends the process, as it would: that alone is nobody's mistake.
        if (delivery.injected?.error !== reason) (delivery.exceptions ??= []).push(reason)
        delivery.host?.threw()
      }
      delivery.onTrouble?.()
    })
    switchOn()
    try {
      return await body()
    } finally {
      switchOff()
      await eventLoopTurn()
      release()
    }
  }
  return exclusively(what, alone, signal)
}
