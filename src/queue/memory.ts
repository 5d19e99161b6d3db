import type { ContextDelivery } from '../model/context.ts'
import { execution } from '../model/context.ts'
import type { DeliveryOutcome, DeliveryRecord, DueJob } from '../model/delivery.ts'
import { FaultlineError } from '../model/error.ts'
import type { EnqueueOptions, JobContext, JobDefinition, JobRequest } from '../model/job.ts'
import { isJobDefinition, isJobRequest, payloadOf } from '../model/job.ts'
import { backoffMs } from './backoff.ts'
import { backoffFailure } from './backoff-failure.ts'
import { deliveryRecord } from './delivery-record.ts'
import { describe } from './describe.ts'
import { DueList } from './due-list.ts'
import { checkEnqueueOptions, dueMsOf } from './enqueue-options.ts'
import { JobRegistry } from './job-registry.ts'
import type { MemoryJob } from './memory-job.ts'
import { dueJobOf, MemoryClaim, parallelJobOf } from './memory-job.ts'
import type { MemoryQueueOptions } from './memory-options.ts'
import { startMsOf } from './memory-options.ts'
import { MemoryTime } from './memory-time.ts'
import { notEnqueueable, requestAndMore } from './not-enqueueable.ts'
import { crossBroker } from './payload.ts'
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
} from './port.ts'
import { RealDate } from './real-date.ts'
import { runJob } from './run-job.ts'
import { showArchive } from './show-archive.ts'
import { checkRange, timeMaxMs } from './time-range.ts'
import { WaitingKeys } from './waiting-keys.ts'

const NO_OPTIONS: EnqueueOptions = {}
const CAPABILITIES: QueueCapabilities = { fencesZombies: true, deathConsumesAttempt: false }
const COMPLETED: Settlement = { status: 'completed' }
const REFUSED: Settlement = { status: 'refused' }
const DEAD: Settlement = { status: 'dead' }

/**
 * The embedded queue: in memory, in virtual time, strictly ordered; it needs no server. Payloads cross it as
 * they cross a broker, as JSON.
 *
 * @throws FAULTLINE_BAD_OPTION, FAULTLINE_BAD_TIME, FAULTLINE_BAD_JOB
 * @example
 * ```ts
 * const queue = memoryQueue({ now: new Date('2026-01-01') })
 * await queue.enqueue(charge, { orderId: 7 }, { delay: '5m' })
 * await performAll(queue)
 * ```
 */
export function memoryQueue(options?: MemoryQueueOptions): MemoryQueue {
  return new MemoryQueue(options)
}

/** See {@link memoryQueue}. */
export class MemoryQueue implements QueueAdapter {
  readonly kind = 'memory'
  readonly capabilities: QueueCapabilities = CAPABILITIES
  /** Replaced when a new run starts: what is left of an earlier one moves only its own. */
  time: QueueTime
  declare readonly startsAt?: Date
  readonly performed: DeliveryRecord[] = []
  readonly dead: DeliveryRecord[] = []
  readonly #waiting: DueList<MemoryJob> = new DueList()
  readonly #keys: WaitingKeys = new WaitingKeys()
  readonly #registry: JobRegistry = new JobRegistry()
  readonly #enqueue: JobContext['enqueue']
  /** The order of enqueueing; never reset, so that it also tells what was enqueued before a `clear`. */
  #order = 0
  #clearedAt = 0

  constructor(options?: MemoryQueueOptions) {
    this.time = new MemoryTime(startMsOf(options))
    if (options?.now !== undefined) this.startsAt = new RealDate(options.now)
    for (const job of options?.jobs ?? [])
      this.#registry.resolve(job.name, job as unknown as JobDefinition<never>)
    // Not assigned at once: what V8 takes for a method, only a full collection finds, with the queue that it holds.
    const enqueue: JobContext['enqueue'] = (what: never, payload?: unknown, options?: EnqueueOptions) =>
      this.enqueue(what, payload as never, options)
    this.#enqueue = enqueue
  }

  get now(): Date {
    return new RealDate(this.time.nowMs())
  }

  enqueue(request: JobRequest): Promise<string>
  enqueue<P>(job: JobDefinition<P>, payload: NoInfer<P>, options?: EnqueueOptions): Promise<string>
  /** By the name of a job that the queue knows. */
  enqueue(name: string, payload: unknown, options?: EnqueueOptions): Promise<string>
  enqueue(what: unknown, payload?: unknown, options: EnqueueOptions = NO_OPTIONS): Promise<string> {
    try {
      if (isJobRequest(what)) {
        if (payload !== undefined || options !== NO_OPTIONS) throw requestAndMore(what.name)
        if (typeof what.payload !== 'function')
          return this.#record(what.name, what.job, what.payload, what.options)
        return payloadOf(what).then((value) => this.#record(what.name, what.job, value, what.options))
      }
      if (isJobDefinition(what)) return this.#record(what.name, what, payload, options)
      if (typeof what === 'string') {
        const { job } = this.#registry.resolve(what, undefined)
        return this.#record(what, job, payload, options)
      }
      throw notEnqueueable(what)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  pending(): Promise<DueJob[]> {
    return Promise.resolve(this.#waiting.list().map(dueJobOf))
  }

  clear({ nowMs }: { readonly nowMs?: number } = {}): Promise<void> {
    if (nowMs !== undefined) this.time = new MemoryTime(nowMs)
    this.#waiting.clear()
    this.#keys.clear()
    this.#registry.resetCounts()
    this.#clearedAt = this.#order
    this.performed.length = 0
    this.dead.length = 0
    return Promise.resolve()
  }

  claim(worker: string, window?: DueWindow): Promise<Claim | undefined> {
    return Promise.resolve(this.#claim(worker, this.#waiting.take(window)))
  }

  claimJob(worker: string, id: string): Promise<Claim | undefined> {
    const job = this.#waiting.list().find((waiting) => waiting.id === id)
    if (job === undefined || job.dueMs > this.time.nowMs()) return Promise.resolve(undefined)
    this.#waiting.remove(job)
    return Promise.resolve(this.#claim(worker, job))
  }

  parallel(window?: DueWindow): Promise<readonly ParallelJob[]> {
    return Promise.resolve(this.#waiting.ties(window, isKeyless).map(parallelJobOf))
  }

  postpone(window?: DueWindow): Promise<void> {
    this.#waiting.putOff(this.#waiting.ties(window, isKeyless))
    return Promise.resolve()
  }

  #claim(worker: string, job: MemoryJob | undefined): Claim | undefined {
    if (job === undefined) return undefined
    if (job.key !== undefined) this.#keys.leave(job)
    this.time.advanceTo(job.dueMs)
    job.deliveries++
    job.claim = new MemoryClaim(job, worker, this.time.nowMs())
    return job.claim
  }

  run(claim: Claim, extras: RunExtras): Promise<unknown> {
    return runJob(jobOf(claim), claim as MemoryClaim, extras, this.#enqueue)
  }

  settle(claim: Claim, ending: Ending, outcome?: DeliveryOutcome): Promise<Settlement> {
    const job = jobOf(claim)
    if (!this.#holds(job, claim)) return Promise.resolve(REFUSED)
    if (ending.ok) {
      job.claim = undefined
      this.#write(claim, outcome ?? 'completed', ending)
      return Promise.resolve(COMPLETED)
    }
    try {
      return Promise.resolve(this.#fail(job, claim, ending, outcome))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  expire(claim: Claim, outcome: 'crashed' | 'stalled' | 'interrupted' | 'lost'): Promise<number> {
    const job = jobOf(claim)
    // Who bails out is alive, and gives the job back.
    const lockMs = outcome === 'interrupted' ? 0 : job.registered.policy.lockMs
    const lapsesAtMs = Math.max(Math.min(claim.atMs + lockMs, timeMaxMs), this.time.nowMs())
    if (!this.#holds(job, claim)) return Promise.resolve(lapsesAtMs)
    this.#write(claim, outcome)
    job.redelivered = true
    this.#wait(job, lapsesAtMs)
    return Promise.resolve(lapsesAtMs)
  }

  duplicate(claim: Claim): Promise<void> {
    const job = jobOf(claim)
    const ended = job.claim === undefined && !this.#waiting.has(job)
    if (ended && job.order > this.#clearedAt) this.#wait(job, this.time.nowMs())
    return Promise.resolve()
  }

  #fail(job: MemoryJob, claim: Claim, ending: Ending & { ok: false }, outcome?: DeliveryOutcome): Settlement {
    const { job: definition, policy } = job.registered
    if (job.attempt < policy.attempts) {
      const nextAtMs = this.#retryAtMs(job, ending.error)
      this.#write(claim, outcome ?? 'failed', ending)
      job.attempt++
      this.#wait(job, nextAtMs)
      return { status: 'retried', nextAtMs }
    }
    const record = this.#write(claim, outcome ?? 'dead', ending)
    job.claim = undefined
    if (job.part === 'dead') return DEAD
    this.dead.push(record)
    if (definition.onDead === undefined) return DEAD
    job.part = 'dead'
    job.attempt = 1
    job.redelivered = false
    job.error = ending.error
    const nextAtMs = this.time.nowMs()
    this.#wait(job, nextAtMs)
    return { status: 'dead', nextAtMs }
  }

  /** Where the backoff gives no time, the job waits again as it was, so that it is not lost with the error. */
  #retryAtMs(job: MemoryJob, error: unknown): number {
    const { name } = job.registered.job
    const nowMs = this.time.nowMs()
    try {
      const waitMs = backoffMs(job.registered.policy.backoff, job.attempt, error, name)
      return checkRange(nowMs + waitMs, waitMs, `The backoff of job '${name}' after attempt ${job.attempt}`)
    } catch (reason) {
      this.#wait(job, nowMs)
      throw backoffFailure(reason, job.attempt, name)
    }
  }

  #record(
    name: string,
    definition: JobDefinition<never> | undefined,
    payload: unknown,
    options: EnqueueOptions,
  ): Promise<string> {
    if (options !== NO_OPTIONS) checkEnqueueOptions(options, name)
    const crossed = crossBroker(payload)
    const dueMs = dueMsOf(options, this.time.nowMs(), name)
    const delivery: ContextDelivery | undefined = execution.getStore()?.delivery
    delivery?.enqueuePoint(name, 'before')
    const registered = this.#registry.resolve(name, definition)
    showArchive(name, registered.job, crossed, delivery)
    let id = options.key === undefined ? undefined : this.#keys.idOf(name, options.key)
    let dueNow = false
    if (id === undefined) {
      id = `${name}-${++registered.enqueued}`
      const job: MemoryJob = {
        id,
        registered,
        payload: crossed,
        priority: options.priority ?? 0,
        order: ++this.#order,
        key: options.key,
        dueMs: 0,
        attempt: 1,
        deliveries: 0,
        redelivered: false,
        part: 'perform',
        error: undefined,
        claim: undefined,
      }
      this.#wait(job, dueMs)
      dueNow = dueMs <= this.time.nowMs()
    }
    const started = delivery?.enqueuePoint(name, 'after', { id, dueNow })
    return started === undefined ? Promise.resolve(id) : started.then(() => id)
  }

  #wait(job: MemoryJob, dueMs: number): void {
    job.claim = undefined
    job.dueMs = dueMs
    this.#waiting.add(job)
    if (job.key !== undefined) this.#keys.enter(job)
  }

  #write(claim: Claim, outcome: DeliveryOutcome, ending?: Ending): DeliveryRecord {
    const record = deliveryRecord(claim, outcome, ending)
    this.performed.push(record)
    return record
  }

  #holds(job: MemoryJob, claim: Claim): boolean {
    return job.claim === claim && job.order > this.#clearedAt
  }
}

function isKeyless({ key }: MemoryJob): boolean {
  return key === undefined
}

function jobOf(claim: Claim): MemoryJob {
  const job = MemoryClaim.jobOf(claim)
  if (job !== undefined) return job
  throw new FaultlineError('FAULTLINE_INTERNAL', {
    message: `The memory queue was given a claim that it did not make: ${describe(claim)}.`,
  })
}
