import type { QueueTime } from './port.ts'

/** Virtual time of the memory queue: a number that only grows. */
export class MemoryTime implements QueueTime {
  #nowMs: number

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  advanceTo(ms: number): void {
    if (ms > this.#nowMs) this.#nowMs = ms
  }
}
