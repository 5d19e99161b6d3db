import type { ParallelJob } from '../port.ts'

/** How often the worker of each job was started, where the queue library does not count that itself. */
export class DeliveryCounts {
  readonly #counts: Map<string, number> = new Map()
  /** Jobs whose next delivery follows the death of a worker. */
  readonly #redelivered: Set<string> = new Set()

  /** Whether the job was delivered. */
  has(id: string): boolean {
    return this.#counts.has(id)
  }

  /** Counts a delivery that starts. */
  start(id: string): { readonly delivery: number; readonly redelivered: boolean } {
    const delivery = this.#next(id)
    this.#counts.set(id, delivery)
    return { delivery, redelivered: this.#redelivered.delete(id) }
  }

  /** The job comes back from a worker that died. */
  takenBack(id: string): void {
    this.#redelivered.add(id)
  }

  /** Jobs that tie, for the engine; each one's next delivery follows those that it has had. */
  parallel(ties: readonly { readonly id: string; readonly name: string }[]): ParallelJob[] {
    return ties.map(({ id, name }) => ({ id, name, delivery: this.#next(id), part: 'perform' }))
  }

  clear(): void {
    this.#counts.clear()
    this.#redelivered.clear()
  }

  #next(id: string): number {
    return (this.#counts.get(id) ?? 0) + 1
  }
}
