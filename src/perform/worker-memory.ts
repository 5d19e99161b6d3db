import type { WorkerModules } from '../model/worker-modules.ts'

/** What the worker processes of one run have loaded: the code of a job once, and each from modules of its own. */
export class WorkerMemory {
  readonly #modules: WorkerModules
  readonly #workers = new Map<string, Map<() => unknown, unknown>>()
  /** Names of jobs whose code each worker loaded for itself, and of those where that was not possible. */
  readonly own: Set<string> = new Set()
  readonly shared: Set<string> = new Set()

  constructor(modules: WorkerModules, keeps: (file: string) => boolean) {
    this.#modules = modules
    modules.begin(keeps)
  }

  /** Whether each worker has the modules of this job for itself. */
  isOwn(job: string): boolean {
    return this.own.has(job) && !this.shared.has(job)
  }

  /** The code that a job's `load` brings, in this worker. What fails is tried again the next time. */
  async load(worker: string, job: string, load: () => unknown): Promise<unknown> {
    let loaded = this.#workers.get(worker)
    if (loaded === undefined) this.#workers.set(worker, (loaded = new Map()))
    if (loaded.has(load)) return loaded.get(load)
    const { code, own } = await this.#modules.load(worker, load)
    ;(own ? this.own : this.shared).add(job)
    loaded.set(load, code)
    return code
  }
}
