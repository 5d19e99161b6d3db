import type { Job } from 'bullmq'
import { FaultlineError } from '../../../model/error.ts'
import type { Claim, DueWindow, QueueTime } from '../../port.ts'
import type { DrivenWorker } from './driven-worker.ts'
import type { StoredJob } from './store.ts'
import { idOf } from './watch-enqueues.ts'
import type { Workers } from './workers.ts'

/** A job that waits, in one of the queues. */
export interface Waiting {
  readonly driven: DrivenWorker
  readonly stored: StoredJob
  /** Among the jobs of all queues. */
  readonly id: string
  readonly dueMs: number
}

/** A job whose worker is gone: its lock lapses at this time. */
export interface Lapse {
  readonly queue: string
  readonly jobId: string
  readonly atMs: number
  /** Its last delivery. */
  readonly claim: Claim
}

/** A job that was claimed, and the token that it is locked with. */
export interface Taken {
  readonly driven: DrivenWorker
  readonly job: Job
  readonly token: string
}

/** Looks for the next job before something must be wrong. */
const looksMax = 10_000

/**
 * Which job is next, over all queues: the earliest due one, as long as each queue gives out its own in its own order.
 *
 * ```text
 * one queue:      ask it ── a job: done
 *                        └─ none: when is its first delayed one due, or its limit over? go there, ask again
 * several queues: look at the heads of all, go to the earliest, ask its queue
 * a lower bound:  look at all jobs, put the first within the window in front, ask its queue
 * ```
 */
export class Schedule {
  readonly #workers: Workers
  readonly #time: QueueTime
  /** When a job became due, where only that tells: once it waits, BullMQ has forgotten. */
  readonly #due: Map<string, number> = new Map()
  readonly #deduplicationIds: Map<DrivenWorker, Set<string>> = new Map()
  #lapses: Lapse[] = []
  #ahead: Taken | undefined
  #passedMs: number

  constructor(workers: Workers, time: QueueTime) {
    this.#workers = workers
    this.#time = time
    this.#passedMs = time.nowMs()
  }

  /** Everything that waits, in the order of due times; jobs whose lock will lapse are not in it. */
  async waiting(): Promise<Waiting[]> {
    const all = await this.#workers.all()
    const lists = await Promise.all(
      all.map(async (driven) => this.#known(driven, await driven.store.waiting())),
    )
    return lists.flat().sort((a, b) => a.dueMs - b.dueMs)
  }

  /** The deliveries whose job is due again once its lock lapses. */
  get lapses(): readonly Lapse[] {
    return this.#lapses
  }

  /** When a job is due; now, where it waits for something else than time. */
  async dueMs(driven: DrivenWorker, jobId: string): Promise<number> {
    const waiting = await driven.store.waiting()
    return waiting.find(({ id }) => id === jobId)?.delayedUntilMs ?? this.#time.nowMs()
  }

  /** The worker that held this job is gone. */
  lapseAt(driven: DrivenWorker, claim: Claim, jobId: string, atMs: number): void {
    this.#lapses.push({ queue: driven.worker.name, claim, jobId, atMs })
  }

  /** The lock of that job is still there: its worker settled after all. */
  keepLock(driven: DrivenWorker, jobId: string): void {
    this.#lapses = this.#lapses.filter(({ queue, jobId: id }) => queue !== driven.worker.name || id !== jobId)
  }

  /** Whether the next job in the window is whichever this worker's queue gives out now. */
  isOrderOf({ limitedUntilMs, worker }: DrivenWorker, { fromMs, untilMs }: DueWindow): boolean {
    const nowMs = this.#time.nowMs()
    if (fromMs !== undefined || (untilMs ?? nowMs) < nowMs || nowMs > this.#passedMs) return false
    if (limitedUntilMs > nowMs || worker.opts.limiter !== undefined) return false
    return this.#workers.current?.length === 1 && !this.#isLapsed(nowMs)
  }

  /** The worker was told of its next job when it settled the one before: that is what {@link next} comes to. */
  takenAhead(taken: Taken): void {
    this.#took(taken)
    this.#ahead = taken
  }

  /** Moves time to the earliest job in the window and claims it. */
  async next(token: string, window: DueWindow = {}): Promise<Taken | undefined> {
    const ahead = this.#ahead
    this.#ahead = undefined
    if (ahead !== undefined) return ahead
    const { fromMs, untilMs = Number.POSITIVE_INFINITY } = window
    const mute = new Set<DrivenWorker>()
    for (let looks = 0; looks < looksMax; looks++) {
      if (this.#time.nowMs() > this.#passedMs) await this.#pass()
      const all = this.#workers.current ?? (await this.#workers.all())
      const nowMs = this.#time.nowMs()
      const [only] = all
      const isPlain = all.length === 1 && fromMs === undefined && untilMs >= nowMs
      if (isPlain && !mute.has(only!) && only!.limitedUntilMs <= nowMs && !this.#isLapsed(nowMs)) {
        const job = await this.#fetch(only!, token)
        if (job !== undefined) return { driven: only!, job, token }
        if (only!.limitedUntilMs <= nowMs) mute.add(only!)
      }
      const first = await this.#first(all, mute, window)
      const lapse = this.#firstLapse()
      const lapseMs = lapse?.atMs ?? Number.POSITIVE_INFINITY
      const dueMs = Math.min(first?.dueMs ?? Number.POSITIVE_INFINITY, lapseMs)
      if (dueMs > untilMs || dueMs === Number.POSITIVE_INFINITY) return undefined
      if (dueMs > nowMs) mute.clear()
      await this.#time.advanceTo(dueMs)
      if (lapse !== undefined && lapseMs <= dueMs) {
        await this.#lapse(lapse)
        continue
      }
      if (isPlain) continue
      const { driven, stored } = first!
      const job =
        fromMs === undefined && untilMs >= nowMs
          ? await this.#fetch(driven, token)
          : await this.take(driven, stored.id, token)
      if (job !== undefined) return { driven, job, token }
      if (driven.limitedUntilMs <= this.#time.nowMs()) mute.add(driven)
    }
    throw new FaultlineError('FAULTLINE_INTERNAL', {
      message: `BullMQ says that a job is due and gives none out, ${looksMax} times in a row.`,
    })
  }

  /** Jobs whose lock has lapsed by now wait again. */
  async lapseDue(): Promise<void> {
    for (let lapse = this.#firstLapse(); lapse !== undefined; lapse = this.#firstLapse()) {
      if (lapse.atMs > this.#time.nowMs()) return
      await this.#lapse(lapse)
    }
  }

  /** Claims this very job, which waits. */
  async take(driven: DrivenWorker, jobId: string, token: string): Promise<Job | undefined> {
    const restore = await driven.store.front(jobId)
    const job = await this.#fetch(driven, token)
    await restore(job ?? { priority: 0 })
    return job
  }

  /**
   * Jobs that could as well start in another order: of one queue, due first and together, of one priority, and not
   * deduplicated.
   */
  async ties({
    fromMs = Number.NEGATIVE_INFINITY,
    untilMs = Number.POSITIVE_INFINITY,
  }: DueWindow = {}): Promise<Waiting[]> {
    const jobs = (await this.waiting()).filter(({ dueMs }) => dueMs >= fromMs && dueMs <= untilMs)
    const [first] = jobs
    const end = jobs.findIndex(({ driven, dueMs, stored }) => {
      const { priority, delayedUntilMs, options } = stored
      const isTie =
        driven === first!.driven &&
        dueMs === first!.dueMs &&
        priority === first!.stored.priority &&
        (delayedUntilMs === undefined) === (first!.stored.delayedUntilMs === undefined)
      return !isTie || options.deduplication !== undefined
    })
    return end < 0 ? jobs : jobs.slice(0, end)
  }

  /** Lets the first of {@link ties} start after the others. */
  async postpone(window?: DueWindow): Promise<void> {
    const [first, ...others] = await this.ties(window)
    if (first === undefined || others.length === 0) return
    await first.driven.store.arrange([...others, first].map(({ stored }) => stored.id))
  }

  clear(): void {
    this.#lapses = []
    this.#ahead = undefined
    this.#due.clear()
    this.#deduplicationIds.clear()
    this.#passedMs = this.#time.nowMs()
  }

  async #fetch(driven: DrivenWorker, token: string): Promise<Job | undefined> {
    const job = await driven.fetch(token)
    if (job !== undefined) this.#took({ driven, job })
    return job
  }

  #took({ driven, job }: Pick<Taken, 'driven' | 'job'>): void {
    this.#due.delete(idOf(driven.worker, job.id))
    if (job.deduplicationId !== undefined) this.#deduplicated(driven, job.deduplicationId)
  }

  /** The job that is next in the window: of each queue the one that it would give out. */
  async #first(
    all: readonly DrivenWorker[],
    mute: ReadonlySet<DrivenWorker>,
    { fromMs, untilMs = Number.POSITIVE_INFINITY }: DueWindow,
  ): Promise<Waiting | undefined> {
    const nowMs = this.#time.nowMs()
    const whole = fromMs !== undefined || untilMs < nowMs
    const firsts = await Promise.all(
      all.map(async (driven) => {
        const { store } = driven
        const isMute = mute.has(driven)
        const jobs = this.#known(driven, await (whole ? store.waiting() : store.heads()))
        return jobs
          .filter(({ dueMs }) => dueMs >= (fromMs ?? Number.NEGATIVE_INFINITY) && dueMs <= untilMs)
          .find(({ dueMs }) => !isMute || dueMs > nowMs)
      }),
    )
    return firsts
      .filter((waiting) => waiting !== undefined)
      .sort((a, b) => a.dueMs - b.dueMs || a.stored.priority - b.stored.priority)[0]
  }

  #known(driven: DrivenWorker, stored: readonly StoredJob[]): Waiting[] {
    return stored.map((job) => {
      const id = idOf(driven.worker, job.id)
      const { deduplication } = job.options
      if (deduplication?.id !== undefined) this.#deduplicated(driven, deduplication.id)
      if (job.delayedUntilMs !== undefined) this.#due.set(id, job.delayedUntilMs)
      const dueMs = Math.max(this.#dueMs(id, job), driven.limitedUntilMs)
      return { driven, stored: job, id, dueMs }
    })
  }

  #dueMs(
    id: string,
    { delayedUntilMs, options, timestampMs, processedMs, attemptsStarted }: StoredJob,
  ): number {
    if (delayedUntilMs !== undefined) return delayedUntilMs
    const known = this.#due.get(id)
    if (known !== undefined) return known
    const sinceMs = attemptsStarted === 0 ? timestampMs + (options.delay ?? 0) : (processedMs ?? timestampMs)
    return Math.min(this.#time.nowMs(), sinceMs)
  }

  #firstLapse(): Lapse | undefined {
    let first: Lapse | undefined
    for (const lapse of this.#lapses) if (first === undefined || lapse.atMs < first.atMs) first = lapse
    return first
  }

  #isLapsed(nowMs: number): boolean {
    return this.#lapses.some(({ atMs }) => atMs <= nowMs)
  }

  async #lapse(lapse: Lapse): Promise<void> {
    this.#lapses = this.#lapses.filter((other) => other !== lapse)
    const driven = (await this.#workers.all()).find(({ worker }) => worker.name === lapse.queue)
    this.#due.set(idOf({ name: lapse.queue }, lapse.jobId), lapse.atMs)
    await driven?.stall(lapse.jobId)
  }

  /** What Redis lets expire by its own clock follows virtual time. */
  async #pass(): Promise<void> {
    const nowMs = this.#time.nowMs()
    const passedMs = nowMs - this.#passedMs
    this.#passedMs = nowMs
    for (const driven of await this.#workers.all()) {
      const ids = this.#deduplicationIds.get(driven) ?? new Set()
      const isLimited = driven.limitedUntilMs > 0 || driven.worker.opts.limiter !== undefined
      if (isLimited || ids.size > 0) await driven.store.pass(passedMs, [...ids])
    }
  }

  #deduplicated(driven: DrivenWorker, id: string): void {
    const ids = this.#deduplicationIds.get(driven)
    if (ids === undefined) this.#deduplicationIds.set(driven, new Set([id]))
    else ids.add(id)
  }
}
