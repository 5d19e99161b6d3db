import type { VirtualTimer } from './virtual-timer.ts'

/** Virtual timers in the order in which they fire. */
export class TimerList {
  readonly #timers: VirtualTimer[] = []

  get size(): number {
    return this.#timers.length
  }

  /** The next one to fire; those of dead deliveries are dropped on the way. */
  first(): VirtualTimer | undefined {
    const timers = this.#timers
    while (timers[0]?.delivery?.dead) timers.shift()
    return timers[0]
  }

  /** Adds a timer, or moves it to its new place. */
  place(timer: VirtualTimer): void {
    this.remove(timer)
    const after = this.#timers.findLastIndex((other) => !firesBefore(timer, other))
    this.#timers.splice(after + 1, 0, timer)
  }

  remove(timer: VirtualTimer): boolean {
    const index = this.#timers.indexOf(timer)
    if (index >= 0) this.#timers.splice(index, 1)
    return index >= 0
  }

  clear(): void {
    this.#timers.length = 0
  }
}

function firesBefore(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.dueMs === b.dueMs ? a.order < b.order : a.dueMs < b.dueMs
}
