import type { ReadyGraphile } from './graphile-setup.ts'
import { type WorkerOrder, WorkerRun } from './worker-run.ts'

/** The workers of an adapter: one that has settled its job goes on with the next, as a worker does that lives. */
export class WorkerRuns {
  #idle: WorkerRun | undefined

  /** A worker with this order. */
  start({ library, options, names, pool }: ReadyGraphile, order: WorkerOrder): WorkerRun {
    const idle = order.lapsed === undefined ? this.#idle : undefined
    if (idle === undefined) return new WorkerRun(library, options, names, pool, order)
    this.#idle = undefined
    idle.take(order)
    return idle
  }

  /** A worker that has settled its job. */
  keep(run: WorkerRun): void {
    if (!run.isIdle) return
    this.#idle?.dismiss()
    this.#idle = run
  }

  clear(): void {
    this.#idle?.dismiss()
    this.#idle = undefined
  }
}
