import type { Activation, Delivery, PauseHost } from '../../runtime/index.ts'
import type { Branch } from './branch.ts'
import { deadlockError } from './deadlock.ts'
import type { RaceHost } from './race-host.ts'
import type { Racer } from './racer.ts'
import type { Scheduler } from './scheduler.ts'

/** Holds the code of racers where a decision is taken. */
export class Holds implements PauseHost {
  readonly #scheduler: Scheduler
  readonly #host: RaceHost

  constructor(scheduler: Scheduler, host: RaceHost) {
    this.#scheduler = scheduler
    this.#host = host
  }

  awaiting(delivery: Delivery, activation: Activation, awaited: unknown, last: boolean): unknown {
    const racer = this.#scheduler.racerOf(delivery)
    if (racer === undefined) return awaited
    // The end of a delivery's own function is the end of the delivery.
    if (last && racer.pending.length === 0) return awaited
    const branch: Branch = { delivery, activation, step: 0 }
    racer.pending.push(branch)
    const promise = awaited instanceof Promise ? awaited : Promise.resolve(awaited)
    if (last) {
      const settled = (): void => {
        leave(racer, branch)
        this.#scheduler.left(racer)
      }
      promise.then(settled, settled)
      return promise
    }
    return new Promise((resolve, reject) => {
      const settled = (goOn: () => void): void => {
        leave(racer, branch)
        this.#scheduler.park(racer, branch, goOn)
      }
      promise.then(
        (value) => settled(() => resolve(value)),
        (reason) => {
          const waits = this.#host.deadlocked(reason)
          if (waits !== undefined) this.#scheduler.deadlock ??= deadlockError(waits)
          settled(() => reject(reason))
        },
      )
    })
  }

  reached(delivery: Delivery, activation: Activation): Promise<unknown> | undefined {
    const racer = this.#scheduler.racerOf(delivery)
    if (racer === undefined) return undefined
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#scheduler.park(racer, { delivery, activation, step: 0 }, resolve)
    return promise
  }

  enqueued(): void {
    this.#scheduler.enqueued()
  }
}

function leave({ pending }: Racer, branch: Branch): void {
  const at = pending.indexOf(branch)
  if (at >= 0) pending.splice(at, 1)
}
