import type { Activation, Delivery, PauseHost } from '../../runtime/index.ts'
import { Branch } from './branch.ts'
import type { RaceHost } from './race-host.ts'
import type { Racer, Wait } from './racer.ts'
import type { Scheduler } from './scheduler.ts'
import { awaitOf, waitingAt } from './waiting-at.ts'

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
    const branch = new Branch(delivery, activation)
    racer.pending.push(branch)
    const promise = plainPromise(awaited)
    if (last) {
      const settled = (): void => {
        leave(racer, branch)
        this.#scheduler.left(racer)
      }
      promise.then(settled, settled)
      return promise
    }
    return promise.then(
      (value) => {
        this.#settled(racer, branch)
        if (branch.isFree) return value
        return new Promise((resolve) => branch.held(() => resolve(value)))
      },
      (reason) => {
        this.#rejected(racer, activation, reason)
        this.#settled(racer, branch)
        if (branch.isFree) throw reason
        return new Promise((_, reject) => branch.held(() => reject(reason)))
      },
    )
  }

  #settled(racer: Racer, branch: Branch): void {
    leave(racer, branch)
    this.#scheduler.park(racer, branch)
  }

  /** A victim of a deadlock is told by its error, and so are those of whom nobody had asked yet. */
  #rejected(victim: Racer, activation: Activation, reason: unknown): void {
    const told = this.#host.deadlocked(reason)
    if (told === undefined) return
    const waits = new Map<Racer, Wait>()
    for (const [racer, wait] of told) {
      const at = racer === victim ? awaitOf(activation) : (racer.blocked?.at ?? waitingAt(racer))
      // The server says more about a lock that is waited for than its error does.
      waits.set(racer, { ...wait, ...(racer.blocked?.what && { what: racer.blocked.what }), at })
      if (racer.blocked === undefined) this.#host.setAside(racer, { ...wait, at })
    }
    this.#scheduler.deadlock.found(waits)
  }

  reached(delivery: Delivery, activation: Activation): Promise<unknown> | undefined {
    const racer = this.#scheduler.racerOf(delivery)
    if (racer === undefined) return undefined
    const branch = new Branch(delivery, activation)
    this.#scheduler.park(racer, branch)
    return branch.isFree ? Promise.resolve() : new Promise<void>((resolve) => branch.held(resolve))
  }

  enqueued(): void {
    this.#scheduler.enqueued()
  }
}

/** Without a `then` of its own, which may do more than to wait. */
function plainPromise(awaited: unknown): Promise<unknown> {
  if (
    awaited instanceof Promise &&
    awaited.constructor === Promise &&
    awaited.then === Promise.prototype.then
  )
    return awaited
  return new Promise((resolve, reject) => {
    if (awaited instanceof Promise) awaited.then(resolve, reject)
    else resolve(awaited)
  })
}

function leave({ pending }: Racer, branch: Branch): void {
  if (pending.at(-1) === branch) {
    pending.pop()
    return
  }
  const at = pending.indexOf(branch)
  if (at >= 0) pending.splice(at, 1)
}
