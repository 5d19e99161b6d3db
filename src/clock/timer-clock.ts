import { createRequire } from 'node:module'
import type { Clock, FakeTimers, TimerId } from '@sinonjs/fake-timers'
import { outsideContexts } from './real.ts'
import type { VirtualTimer } from './virtual-timer.ts'

/** The longest delay that the library takes; like Node it makes 1 ms of a longer one. */
const delayMaxMs = 2 ** 31 - 1

// Loaded at the first virtual timer: most runs have none, and it takes 7 ms.
const load = createRequire(import.meta.url)
let library: FakeTimers | undefined

/** On a global object of its own: nothing real is faked, and nothing real is touched. */
function createClock(nowMs: number): Clock {
  library ??= outsideContexts(() => {
    const { withGlobal } = load('@sinonjs/fake-timers') as typeof import('@sinonjs/fake-timers')
    return withGlobal({ Date, setTimeout: () => 0, clearTimeout: () => undefined })
  })
  return library.createClock(nowMs)
}

/**
 * The pending virtual timers, on a clock of `@sinonjs/fake-timers`: it orders and picks them. It may lag behind
 * the queue's time but is never ahead of it, so whoever fires a timer moves the queue's time first.
 */
export class TimerClock {
  /** In the order in which they were set. */
  readonly #ids: Map<VirtualTimer, TimerId> = new Map()
  #clock: Clock | undefined
  #first: VirtualTimer | undefined
  #picked: VirtualTimer | undefined

  /** The next one to fire; those of dead deliveries are dropped on the way. */
  first(): VirtualTimer | undefined {
    if (this.#first !== undefined && !this.#first.delivery?.dead) return this.#first
    this.#first = undefined
    for (const timer of this.#ids.keys()) {
      if (timer.delivery?.dead) this.remove(timer)
      else if (this.#first === undefined || timer.dueMs < this.#first.dueMs) this.#first = timer
    }
    return this.#first
  }

  /** The pending ones, in the order in which they were set. */
  pending(): Iterable<VirtualTimer> {
    return this.#ids.keys()
  }

  /** Adds a timer, or moves it to its new due time. */
  set(timer: VirtualTimer, nowMs: number): void {
    this.remove(timer)
    // A queue that was cleared may start its time anew, at an earlier one.
    if (this.#clock === undefined || nowMs < this.#clock.now) {
      this.#clock = createClock(nowMs)
      for (const other of this.#ids.keys()) this.#arm(this.#clock, other)
    }
    this.#arm(this.#clock, timer)
    if (this.#ids.size === 1 || (this.#first !== undefined && timer.dueMs < this.#first.dueMs))
      this.#first = timer
  }

  remove(timer: VirtualTimer): void {
    const id = this.#ids.get(timer)
    if (id === undefined) return
    this.#ids.delete(timer)
    this.#clock?.clearTimeout(id)
    if (this.#first === timer) this.#first = undefined
  }

  /** Takes out the next one to fire. */
  take(): VirtualTimer | undefined {
    while (this.first() !== undefined) {
      this.#clock!.next()
      const timer = this.#picked
      if (timer === undefined) continue
      this.#picked = undefined
      this.remove(timer)
      if (!timer.delivery?.dead) return timer
    }
    return undefined
  }

  clear(): void {
    this.#ids.clear()
    this.#clock = undefined
    this.#first = undefined
  }

  /** What fires is only noted: inside of its tick the library would make 1 ms of a delay of 0. */
  #arm(clock: Clock, timer: VirtualTimer): void {
    const delayMs = Math.min(Math.max(0, timer.dueMs - clock.now), delayMaxMs)
    const reached = (): void => {
      if (clock.now < timer.dueMs) this.#arm(clock, timer)
      else this.#picked = timer
    }
    this.#ids.set(timer, clock.setTimeout(reached, delayMs))
  }
}
