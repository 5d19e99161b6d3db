import type { JobsOptions } from 'bullmq'
import { execution } from '../../model/context.ts'
import type { DeliveryOutcome, DueJob } from '../../model/delivery.ts'
import { type JobRequest, payloadOf } from '../../model/job.ts'
import { MemoryTime } from '../memory-time.ts'
import { crossBroker } from '../payload.ts'
import type {
  Claim,
  DueWindow,
  Ending,
  ParallelJob,
  QueueAdapter,
  QueueCapabilities,
  QueueTime,
  RunExtras,
  Settlement,
} from '../port.ts'
import { AdapterRecords } from './adapter-records.ts'
import { answered, type QueueServer } from './answered.ts'
import { BullmqClaim } from './bullmq/bullmq-claim.ts'
import { checkQueue } from './bullmq/check-queue.ts'
import { clearQueue } from './bullmq/clear-queue.ts'
import { deliverAgain } from './bullmq/deliver-again.ts'
import type { DrivenWorker } from './bullmq/driven-worker.ts'
import type { BullmqQueueLike, QueueInternals } from './bullmq/driver.ts'
import { dueAgain, dueJobOf } from './bullmq/due-job.ts'
import { checkJobOptions } from './bullmq/job-options.ts'
import { Schedule, type Taken } from './bullmq/schedule.ts'
import { serverOf } from './bullmq/server-of.ts'
import { settle } from './bullmq/settle.ts'
import { idOf, watchEnqueues } from './bullmq/watch-enqueues.ts'
import { Workers, type WorkersOption } from './bullmq/workers.ts'
import { checkOptionNames } from './check-options.ts'
import { inVirtualTime, withoutDelivery } from './in-virtual-time.ts'
import { nativeOf, nativeRequest } from './native-request.ts'

/** What {@link bullmqQueue} takes. */
export interface BullmqOptions {
  /**
   * The workers whose queues are driven; for an application that boots, a function that yields those that are there.
   * Where there is none for a queue, `{ queue, processor }` makes one.
   */
  readonly workers: WorkersOption
  /** Their jobs are deleted between scenarios also where the server is not on this machine. */
  readonly allowRemote?: boolean
}

interface Native {
  readonly bullmq: QueueInternals
  readonly options: JobsOptions | undefined
}

type DataOf<Q extends BullmqQueueLike> = Parameters<Q['add']>[1]

/**
 * Drives the workers of BullMQ, on Redis or on its Postgres backend: their own code claims, retries, delays and
 * settles, one delivery at a time, in virtual time. A worker that runs is taken over: its loop is stopped, and stays
 * stopped. Only the data of the listed queues is ever cleared.
 *
 * @throws FAULTLINE_BAD_OPTION for options that are none.
 * @example
 * ```ts
 * const queue = bullmqQueue({ workers: [emailWorker] })
 * await runSimulation(queue.job(emailQueue, 'welcome', { to: 'a@b.c' }, { attempts: 3 }), assertions, { queue })
 * ```
 */
export function bullmqQueue(options: BullmqOptions): BullmqQueue {
  return new BullmqQueue(options)
}

/** See {@link bullmqQueue}. */
export class BullmqQueue implements QueueAdapter {
  readonly kind = 'bullmq'
  readonly capabilities: QueueCapabilities = {
    fencesZombies: true,
    deathConsumesAttempt: false,
    deathsMax: 1,
  }
  /** Replaced when a new run starts: what is left of an earlier one moves only its own. */
  time: QueueTime = new MemoryTime(Date.now())
  readonly #records: AdapterRecords = new AdapterRecords()
  readonly #workers: Workers
  readonly #schedule: Schedule
  readonly #watches: Set<() => void> = new Set()
  /** Jobs that a worker gave back when it was asked to stop. */
  readonly #givenBack: Set<string> = new Set()
  #claims = 0
  #era = 0

  constructor(options: BullmqOptions) {
    checkOptionNames('bullmqQueue', options, ['workers', 'allowRemote'])
    const time = {
      nowMs: () => this.time.nowMs(),
      advanceTo: (ms: number) => this.time.advanceTo(ms),
    }
    this.#workers = new Workers(options.workers, time, options.allowRemote === true)
    this.#schedule = new Schedule(this.#workers, time)
  }

  get now(): Date {
    return new Date(this.time.nowMs())
  }

  get performed(): QueueAdapter['performed'] {
    return this.#records.performed
  }

  get dead(): QueueAdapter['dead'] {
    return this.#records.dead
  }

  /**
   * A job of one of the queues, with BullMQ's own options; a function for the data is evaluated after `setup`.
   *
   * @example
   * ```ts
   * queue.job(emailQueue, 'welcome', { to: 'a@b.c' }, { attempts: 3, backoff: { type: 'exponential', delay: 1_000 } })
   * ```
   */
  job<Q extends BullmqQueueLike>(
    queue: Q,
    name: Parameters<Q['add']>[0] & string,
    data: DataOf<Q> | (() => DataOf<Q> | Promise<DataOf<Q>>),
    options?: JobsOptions,
  ): JobRequest {
    checkQueue(queue)
    return nativeRequest(name, data, { bullmq: queue, options } satisfies Record<keyof Native, unknown>)
  }

  async enqueue(what: unknown): Promise<string> {
    const { request, native } = nativeOf(what, 'BullMQ', isNative, enqueueHint)
    const { bullmq: queue, options } = native
    const payload = await payloadOf(request)
    checkJobOptions(options, request.name, this.time.nowMs())
    const crossed = crossBroker(payload)
    const driven = await this.#workers.of(queue)
    const unwatch = watchEnqueues(queue.Job)
    try {
      const job = await this.#answered(driven.store.server, 'adding a job', () =>
        queue.add(request.name, crossed, options),
      )
      return idOf(queue, job.id)
    } finally {
      unwatch()
    }
  }

  async pending(): Promise<DueJob[]> {
    const waiting = await this.#all('listing jobs', () => this.#schedule.waiting())
    const jobs = [...waiting.map(dueJobOf), ...this.#schedule.lapses.map(dueAgain)]
    return jobs.sort((a, b) => a.at.getTime() - b.at.getTime())
  }

  async clear({ nowMs }: { readonly nowMs?: number } = {}): Promise<void> {
    if (nowMs !== undefined) this.time = new MemoryTime(nowMs)
    await this.sweep()
    this.#records.clear()
  }

  async sweep(): Promise<void> {
    for (const unwatch of this.#watches) unwatch()
    this.#watches.clear()
    this.#workers.forget()
    await this.#all('clearing the queues', (all) => Promise.all(all.map(clearQueue)))
    this.#schedule.clear()
    this.#givenBack.clear()
    this.#era++
  }

  claim(worker: string, window?: DueWindow): Promise<Claim | undefined> {
    const token = this.#token()
    return this.#all('claiming a job', async () => {
      const next = await this.#schedule.next(token, window)
      return next === undefined ? undefined : this.#claim(next, worker)
    })
  }

  claimJob(worker: string, id: string): Promise<Claim | undefined> {
    const token = this.#token()
    return this.#all('claiming a job', async () => {
      await this.#schedule.lapseDue()
      const found = (await this.#schedule.waiting()).find((waiting) => waiting.id === id)
      if (found === undefined || found.dueMs > this.time.nowMs()) return undefined
      const { driven, stored } = found
      const job = await this.#schedule.take(driven, stored.id, token)
      return job === undefined ? undefined : this.#claim({ driven, job, token }, worker)
    })
  }

  async parallel(window?: DueWindow): Promise<readonly ParallelJob[]> {
    const ties = await this.#all('listing jobs', () => this.#schedule.ties(window))
    return ties.map(({ id, stored: { name, attemptsStarted } }) => ({
      id,
      name,
      delivery: attemptsStarted + 1,
      part: 'perform',
    }))
  }

  async postpone(window?: DueWindow): Promise<void> {
    await this.#all('changing the order', () => this.#schedule.postpone(window))
  }

  run(claim: Claim, extras: RunExtras): Promise<unknown> {
    const held = BullmqClaim.heldBy(claim)
    const { driven, job, token } = held
    const context = execution.getStore()
    if (context !== undefined) held.context = withoutDelivery(context)
    const unwatch = watchEnqueues(driven.worker.Job)
    this.#watches.add(unwatch)
    const ended = (): void => {
      unwatch()
      this.#watches.delete(unwatch)
    }
    const running = driven.run(job, token, () => extras.signal)
    running.then(ended, ended)
    return running
  }

  async settle(
    claim: Claim,
    ending: Ending,
    outcome?: DeliveryOutcome,
    ahead?: DueWindow,
  ): Promise<Settlement> {
    const held = BullmqClaim.heldBy(claim)
    // The application was booted again: with its connections, what it could say is gone.
    if (held.driven.isClosed) return { status: 'refused' }
    const context = { records: this.#records, schedule: this.#schedule, time: this.time }
    const settled = (): Promise<Settlement> => settle(context, claim, held, ending, outcome, ahead)
    return this.#answered(held.driven.store.server, 'settling a job', () =>
      held.context === undefined ? settled() : execution.run(held.context, settled),
    )
  }

  async expire(claim: Claim, outcome: 'crashed' | 'stalled' | 'interrupted' | 'lost'): Promise<number> {
    const { driven, job, era } = BullmqClaim.heldBy(claim)
    if (outcome === 'interrupted') return this.#giveBack(claim)
    const lapsesAtMs = this.time.nowMs() + driven.worker.opts.lockDuration
    if (era !== this.#era) return lapsesAtMs
    this.#records.write(claim, outcome)
    this.#schedule.lapseAt(driven, claim, job.id!, lapsesAtMs)
    if (outcome === 'crashed') this.#workers.forget()
    return lapsesAtMs
  }

  /** BullMQ knows no way to give a job back: one that rejects has failed, whatever for. */
  async #giveBack(claim: Claim): Promise<number> {
    this.#givenBack.add(claim.id)
    const error = new DOMException('The worker is asked to stop', 'AbortError')
    const { nextAtMs } = await this.settle(claim, { ok: false, error }, 'interrupted')
    return nextAtMs ?? this.time.nowMs()
  }

  async duplicate(claim: Claim): Promise<void> {
    const { driven, job, era } = BullmqClaim.heldBy(claim)
    if (era !== this.#era) return
    await this.#answered(driven.store.server, 'adding a job', () => deliverAgain(driven, job))
  }

  bootsAgain(): void {
    this.#workers.hold()
  }

  /** Closes the workers that were made for `{ queue, processor }`; those of the user are the user's to close. */
  async close(): Promise<void> {
    await this.#workers.close()
  }

  #claim(taken: Taken, worker: string): BullmqClaim {
    const { driven, job } = taken
    const isRedelivered = this.#givenBack.has(idOf(driven.worker, job.id))
    return new BullmqClaim({ ...taken, era: this.#era }, worker, this.time.nowMs(), isRedelivered)
  }

  #token(): string {
    return `faultline:${++this.#claims}`
  }

  async #all<T>(what: string, fn: (all: readonly DrivenWorker[]) => Promise<T>): Promise<T> {
    const all = this.#workers.current ?? (await this.#workers.all())
    return this.#answered(serverOf(all), what, () => fn(all))
  }

  #answered<T>(server: QueueServer, what: string, fn: () => Promise<T>): Promise<T> {
    return answered(server, inVirtualTime(this.time, fn), what)
  }
}

const enqueueHint =
  "queue.enqueue(queue.job(emailQueue, 'welcome', data, options)). For what the application adds itself: enqueuedBy(() => signUp('a@b.c'))."

function isNative(native: object): native is Native {
  return 'bullmq' in native
}
