import type { Job } from 'bullmq'
import { gaveUp } from '../../../model/delivery.ts'
import { FaultlineError } from '../../../model/error.ts'
import { durationMs } from '../../../model/time.ts'
import type { Ending, QueueTime } from '../../port.ts'
import type { WorkerInternals } from './driver.ts'
import type { QueueStore } from './store.ts'

/** What BullMQ made of the end of a delivery. */
export type Finish =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly isDead: boolean; readonly delayMs: number }
  | { readonly kind: 'refused' }
  /** The job's code moved it itself (`DelayedError` and its like), or BullMQ could not settle it. */
  | { readonly kind: 'none' }

/** Of BullMQ's `ErrorCode`: no such job, no lock, not active, the lock of another delivery. */
const lockLostCodes: readonly unknown[] = [-1, -2, -3, -6]
/** Remaining times that Redis tells have run a little in real time: rounded up to these. */
const limitUnitMs = 100

/**
 * One worker of the user, driven one delivery at a time by its own methods. They are called on a view of it that is
 * never paused, and that calls the code of a job where the engine wants it called.
 */
export class DrivenWorker {
  readonly worker: WorkerInternals
  readonly store: QueueStore
  readonly #time: QueueTime
  /** Where the limiter's window ends, in virtual time. */
  #windowEndMs = 0
  /** Until when the queue gives no job out, in virtual time. */
  limitedUntilMs = 0

  constructor(worker: WorkerInternals, store: QueueStore, time: QueueTime) {
    this.worker = worker
    this.store = store
    this.#time = time
  }

  /** Its application closed it. */
  get isClosed(): boolean {
    return this.worker.closing !== undefined
  }

  /** Claims the next job as the worker's own loop does; none where nothing may start now. */
  async fetch(token: string): Promise<Job | undefined> {
    const { worker } = this
    const errors: unknown[] = []
    const nowMs = this.#time.nowMs()
    const job = await this.#view({ onError: (error) => errors.push(error) }).getNextJob(token, {
      block: false,
    })
    const { limiter } = worker.opts
    if (job !== undefined) {
      if (limiter !== undefined && nowMs >= this.#windowEndMs) {
        this.#windowEndMs = nowMs + durationMs(limiter.duration, 'The duration of a limiter')
      }
      return job
    }
    if (errors.length > 0) throw errors[0]
    if (worker.limitUntil > nowMs) this.#limit(nowMs)
    return undefined
  }

  #limit(nowMs: number): void {
    const { worker } = this
    const leftMs = Math.ceil((worker.limitUntil - nowMs) / limitUnitMs) * limitUnitMs
    this.limitedUntilMs = this.#windowEndMs > nowMs ? this.#windowEndMs : nowMs + leftMs
    worker.limitUntil = this.limitedUntilMs
  }

  /** Calls the code of the job. */
  run(job: Job, token: string, signal: () => AbortSignal): Promise<unknown> {
    const { worker } = this
    const failure = worker.getUnrecoverableErrorMessage(job)
    if (failure !== undefined) return Promise.reject(gaveUp('UnrecoverableError', failure))
    return worker.callProcessJob(job, token, worker.processorAcceptsSignal ? signal() : undefined)
  }

  /**
   * Lets BullMQ settle the job as if its code had just ended so. With `isNextTaken` it may claim the next one in the same
   * round trip, as the worker's own loop does.
   */
  async finish(
    job: Job,
    token: string,
    ending: Ending,
    isNextTaken: boolean,
  ): Promise<{ readonly finish: Finish; readonly next: Job | undefined }> {
    let finish: Finish = { kind: 'none' }
    let failure: { readonly error: unknown } | undefined
    job.delay = 0
    const view = this.#view({
      callProcessJob: () => (ending.ok ? Promise.resolve(ending.result) : Promise.reject(ending.error)),
      onCompleted: () => {
        finish = { kind: 'completed' }
      },
      onFailed: (error) => {
        finish = { kind: 'failed', error, isDead: job.finishedOn !== undefined, delayMs: job.delay }
      },
      onError: (error) => {
        if (finish.kind !== 'none') failure ??= { error }
        else if (lockLostCodes.includes((error as { code?: unknown } | undefined)?.code))
          finish = { kind: 'refused' }
      },
    })
    const next = await view.processJob(job, token, () => isNextTaken)
    if (this.worker.limitUntil > this.#time.nowMs()) this.#limit(this.#time.nowMs())
    // What it claims and does not hand out, nobody would ever perform.
    if (isNextTaken && next === undefined && failure !== undefined) throw failure.error
    return { finish, next }
  }

  /** The worker that held this job is gone: what the other workers' check for stalled jobs makes of it. */
  async stall(jobId: string): Promise<void> {
    await this.store.lapse(jobId)
    await this.#view({}).moveStalledJobsToWait()
    await this.store.allowStalledCheck()
    await this.#view({}).moveStalledJobsToWait()
    await this.store.allowStalledCheck()
  }

  /** A new run: nothing is known of the queue. */
  reset(): void {
    const { worker } = this
    worker.limitUntil = 0
    worker.blockUntil = 0
    worker.drained = false
    this.#windowEndMs = 0
    this.limitedUntilMs = 0
  }

  #view(hooks: Hooks): WorkerInternals {
    const { worker } = this
    if (this.isClosed) throw closed(worker.name)
    const emit = (event: string, ...args: unknown[]): boolean => {
      if (event === 'completed') hooks.onCompleted?.()
      else if (event === 'failed') hooks.onFailed?.(args[1])
      else if (event === 'error') {
        hooks.onError?.(args[0])
        // Without a listener BullMQ prints it: a zombie that is refused would be noise.
        if (worker.listenerCount('error') === 0) return false
      }
      return worker.emit(event, ...args)
    }
    return new Proxy(worker, {
      get(target, name) {
        if (name === 'paused') return false
        if (name === 'emit') return emit
        if (name === 'callProcessJob' && hooks.callProcessJob !== undefined) return hooks.callProcessJob
        return Reflect.get(target, name, target)
      },
      set: (target, name, value) => Reflect.set(target, name, value, target),
    })
  }
}

interface Hooks {
  readonly callProcessJob?: () => Promise<unknown>
  readonly onCompleted?: () => void
  readonly onFailed?: (error: unknown) => void
  readonly onError?: (error: unknown) => void
}

function closed(name: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `The worker of the queue '${name}' was closed.`,
    hint: 'Close workers after the simulation. Where `restart` makes new ones, give a function that yields those that are there: bullmqQueue({ workers: () => app.workers }).',
  })
}
