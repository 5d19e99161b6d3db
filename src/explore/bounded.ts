import { FaultlineError } from '../model/error.ts'
import { after } from '../runtime/index.ts'

/** Real time that a function of the user's (`setup`, the assertions …) may take. */
const limitMs = 30_000
/** Real time that `boot` may take: it starts servers. */
const bootLimitMs = 300_000

/** Real time that it may take once its run is cancelled: what it still does is not the next run's. */
const cancelledMs = 1_000

/**
 * What a function of the user's returns; a promise that does not settle in time is an error that names it, so that one
 * simulation that hangs does not block every later one of the process. Where `signal` aborts, nobody waits for long.
 */
export function bounded<T>(what: string, call: () => T | Promise<T>, signal?: AbortSignal): T | Promise<T> {
  const result = call()
  if (typeof (result as Promise<T> | undefined)?.then !== 'function') return result
  return new Promise((resolve, reject) => {
    const ms = what === 'boot' ? bootLimitMs : limitMs
    let cancel = after(ms, () => reject(tooLong(what, ms)))
    const giveUp = (): void => {
      cancel()
      cancel = after(cancelledMs, () => reject(signal!.reason))
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    if (signal?.aborted) giveUp()
    ;(result as Promise<T>).then(resolve, reject).finally(() => {
      cancel()
      signal?.removeEventListener('abort', giveUp)
    })
  })
}

function tooLong(what: string, ms: number): FaultlineError {
  return new FaultlineError('FAULTLINE_HUNG', {
    message: `${what} did not end within ${ms / 1_000} s of real time.`,
    hint: 'It awaits something that never settles: a lock that an earlier run still holds, a server that is gone.',
  })
}
