import { FaultlineError, isFaultlineError } from '../../../model/error.ts'
import { describe } from '../../describe.ts'
import type { QueueTime } from '../../port.ts'
import { answered, isLost } from '../answered.ts'
import { checkLocal } from '../local-host.ts'
import { DrivenWorker } from './driven-worker.ts'
import type { BullmqProcessor, BullmqWorker, QueueInternals, WorkerInternals } from './driver.ts'
import { holdWorkers } from './hold-workers.ts'
import { storeOf } from './store.ts'

/** The workers that are there, or what yields them. */
export type WorkersOption =
  | readonly (BullmqWorker | BullmqProcessor)[]
  | (() => readonly BullmqWorker[] | Promise<readonly BullmqWorker[]>)

// Captured before a test can fake them.
const { setTimeout, clearTimeout } = globalThis
/** How long a job that a running worker holds may take until the worker is taken over; real milliseconds. */
const takeOverMs = 30_000
/** How long a first connection may take; real milliseconds. */
const connecting = { awayMs: 5_000, silentMs: 5_000 }

/** The workers of an adapter, one for each queue, taken over from their own loops. */
export class Workers {
  readonly #option: WorkersOption
  readonly #time: QueueTime
  readonly #allowRemote: boolean
  /** Those that were made here, for `{ queue, processor }`. */
  readonly #made: Map<BullmqProcessor, WorkerInternals> = new Map()
  readonly #driven: Map<BullmqWorker, DrivenWorker> = new Map()
  /** While the application boots again: lets its workers start. */
  #release: (() => void) | undefined
  /** Those that are known to be there; see {@link all}. */
  current: readonly DrivenWorker[] | undefined

  constructor(option: WorkersOption, time: QueueTime, allowRemote: boolean) {
    if (typeof option !== 'function' && !Array.isArray(option)) throw badWorkers(option)
    this.#option = option
    this.#time = time
    this.#allowRemote = allowRemote
  }

  /** All of them, in the order in which they were listed. */
  async all(): Promise<readonly DrivenWorker[]> {
    this.current ??= await this.#take()
    this.#release?.()
    this.#release = undefined
    return this.current
  }

  /**
   * The one that performs the jobs of a queue.
   *
   * @throws FAULTLINE_UNKNOWN_JOB where there is none.
   */
  async of(queue: QueueInternals): Promise<DrivenWorker> {
    const all = await this.all()
    const driven = all.find(({ worker }) => worker.qualifiedName === queue.qualifiedName)
    if (driven !== undefined) return driven
    throw new FaultlineError('FAULTLINE_UNKNOWN_JOB', {
      message: `Nobody performs the jobs of the queue '${queue.name}'; there are workers for ${all.map(({ worker }) => worker.name).join(', ')}.`,
      hint: 'List its worker: bullmqQueue({ workers: [ … ] }).',
    })
  }

  /** The application may have been booted again: where a function yields the workers, it is asked again. */
  forget(): void {
    if (typeof this.#option === 'function') this.current = undefined
  }

  /** The application is about to boot: what it starts waits until it is taken over. */
  hold(): void {
    if (typeof this.#option !== 'function' || this.current === undefined) return
    this.#release ??= holdWorkers(this.current.map(({ worker }) => worker))
    this.current = undefined
  }

  /** Closes those that were made here. */
  async close(): Promise<void> {
    const made = [...this.#made.values()]
    this.#made.clear()
    this.current = undefined
    await Promise.all(made.map((worker) => worker.close()))
  }

  async #take(): Promise<DrivenWorker[]> {
    const listed: unknown = typeof this.#option === 'function' ? await this.#option() : this.#option
    if (!Array.isArray(listed) || listed.length === 0) throw badWorkers(listed)
    const ofQueue = new Map<string, DrivenWorker>()
    for (const entry of listed) {
      const driven = await this.#drive(await this.#workerOf(entry))
      const { qualifiedName } = driven.worker
      if (!ofQueue.has(qualifiedName)) ofQueue.set(qualifiedName, driven)
    }
    return [...ofQueue.values()]
  }

  async #workerOf(entry: unknown): Promise<WorkerInternals> {
    if (isProcessor(entry)) {
      const known = this.#made.get(entry)
      if (known !== undefined) return known
      const worker = await makeWorker(entry)
      this.#made.set(entry, worker)
      return worker
    }
    if (!isWorker(entry)) throw badWorkers(entry)
    return entry
  }

  async #drive(worker: WorkerInternals): Promise<DrivenWorker> {
    const known = this.#driven.get(worker)
    if (known !== undefined) return known
    checkWorker(worker)
    const server = { name: `the server of the queue ${nameOf(worker)}`, isUp: () => false }
    const connected = storeOf(worker.getBackend()).catch((error: unknown) => {
      throw isLost(error) || isFaultlineError(error) ? error : refused(server.name, error as Error)
    })
    const store = await answered(server, connected, 'connecting', connecting)
    checkLocal(store.server.name, store.host, this.#allowRemote)
    await takeOver(worker)
    const driven = new DrivenWorker(worker, store, this.#time)
    this.#driven.set(worker, driven)
    return driven
  }
}

/** Stops a worker's own loop: its fetch is interrupted and awaited, and so is the job that it holds. */
async function takeOver(worker: WorkerInternals): Promise<void> {
  if (!worker.isRunning()) return
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(
      new FaultlineError('FAULTLINE_HUNG', {
        message: `The worker of the queue '${worker.name}' could not be taken over: a job that it had started does not end.`,
        hint: 'Make workers with `autorun: false` in tests, or start with an empty queue.',
      }),
    )
  }, takeOverMs)
  try {
    await Promise.race([worker.pause(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** The driver is loaded only here, where a worker has to be made. */
async function makeWorker({ queue, processor, options }: BullmqProcessor): Promise<WorkerInternals> {
  const { Worker } = await import('bullmq')
  const { opts, backendFactory } = queue as QueueInternals
  const { connection, prefix } = opts
  const workerOptions = { ...options, ...(prefix === undefined ? undefined : { prefix }), connection }
  return new Worker(
    queue.name,
    processor as never,
    { ...workerOptions, autorun: false },
    backendFactory as never,
  ) as unknown as WorkerInternals
}

/** It is there, and lets nobody in: a password, a database that does not exist, too many clients. */
function refused(name: string, error: Error): FaultlineError {
  return new FaultlineError('FAULTLINE_SERVER_GONE', {
    message: `${name[0]!.toUpperCase()}${name.slice(1)} refuses the connection: ${error.message}.`,
    cause: error,
  })
}

/** The queue, and where it should be, as far as its options tell. */
function nameOf({ name, opts }: WorkerInternals): string {
  const { host, port } = opts.connection as { readonly host?: string; readonly port?: number }
  return `'${name}'${host === undefined ? '' : ` (${host}${port === undefined ? '' : `:${port}`})`}`
}

function checkWorker({ name, childPool, processFn }: WorkerInternals): void {
  if (childPool !== undefined) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `The worker of the queue '${name}' runs a file in another process: no fault can be placed there.`,
      hint: 'List the function instead: bullmqQueue({ workers: [{ queue, processor }] }), with the default export of that file.',
    })
  }
  if (processFn !== undefined) return
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `The worker of the queue '${name}' has no processor.`,
    hint: `new Worker('${name}', async (job) => …, { connection })`,
  })
}

function isWorker(entry: unknown): entry is WorkerInternals {
  const { getNextJob, getBackend } = (entry ?? {}) as Partial<WorkerInternals>
  return typeof getNextJob === 'function' && typeof getBackend === 'function'
}

function isProcessor(entry: unknown): entry is BullmqProcessor {
  const { queue, processor } = (entry ?? {}) as Partial<BullmqProcessor>
  return typeof processor === 'function' && typeof queue?.getBackend === 'function'
}

function badWorkers(received: unknown): FaultlineError {
  const what = Array.isArray(received) ? `a list of ${received.length}` : describe(received)
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `bullmqQueue({ workers }): received ${what}; allowed is a list of at least one Worker of BullMQ ≥ 6 or { queue, processor }, or a function that yields Workers.`,
    hint: 'bullmqQueue({ workers: [emailWorker] }), or, for an application that boots: { workers: () => app.workers }.',
  })
}
