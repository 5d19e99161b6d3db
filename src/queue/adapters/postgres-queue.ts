import type { DeliveryRecord, DueJob } from '../../model/delivery.ts'
import type { Claim, DueWindow, ParallelJob, QueueAdapter, QueueTime } from '../port.ts'
import type { Started } from './adapter-claim.ts'
import { AdapterRecords } from './adapter-records.ts'
import { DeliveryCounts } from './delivery-counts.ts'
import { dueJobsOf, type WaitingRow } from './due-jobs.ts'
import { Lapses } from './lapses.ts'
import { atPostgres } from './postgres-server.ts'
import { tiesOf } from './ties.ts'

/** Which of the waiting jobs are meant. */
export interface RowSelection {
  readonly limit?: number
  readonly without?: readonly string[]
  /** Default true: those of a queue that another worker holds are left out. */
  readonly free?: boolean
}

/** The tables of a queue library. */
interface Rows {
  /** In the order in which they would be performed. */
  waiting(nowMs: number, window?: DueWindow, selection?: RowSelection): Promise<WaitingRow[]>
  /** Lets a job start after others of the same time and priority. */
  postpone(id: string): void
}

/** What enqueues by the calendar. */
interface Cron<O> {
  restart(nowMs: number): void
  next(window: DueWindow): O | undefined | Promise<O | undefined>
}

interface Setup<O> {
  readonly serverName: string
  ready(): Promise<{ readonly jobs: Rows; readonly cron: Cron<O> }>
}

/**
 * What adapters of queues on Postgres share: whatever is next, a job, a lock that lapses or an occurrence of a schedule,
 * is read from the tables, and virtual time moves there.
 */
export abstract class PostgresQueue<C extends Claim, O extends { readonly atMs: number }>
  implements Pick<QueueAdapter, 'now' | 'performed' | 'dead' | 'pending' | 'claim' | 'parallel' | 'postpone'>
{
  /** Replaced when a new run starts. */
  abstract time: QueueTime
  protected abstract readonly setup: Setup<O>
  protected readonly records: AdapterRecords = new AdapterRecords()
  protected readonly deliveries: DeliveryCounts = new DeliveryCounts()
  protected readonly lapses: Lapses<C> = new Lapses()

  get now(): Date {
    return new Date(this.time.nowMs())
  }

  get performed(): DeliveryRecord[] {
    return this.records.performed
  }

  get dead(): DeliveryRecord[] {
    return this.records.dead
  }

  async pending(): Promise<DueJob[]> {
    const waiting = await this.#waiting(undefined, { free: false })
    return dueJobsOf(
      waiting,
      this.lapses.due((claim) => this.priorityOf(claim)),
    )
  }

  async clear({ nowMs }: { readonly nowMs?: number } = {}): Promise<void> {
    if (nowMs !== undefined) this.restart(nowMs)
    await this.sweep()
    const { cron } = await this.setup.ready()
    cron.restart(this.time.nowMs())
    this.records.clear()
  }

  abstract sweep(): Promise<void>

  async claim(worker: string, window: DueWindow = {}): Promise<Claim | undefined> {
    await this.expireJobs()
    const { jobs, cron } = await this.setup.ready()
    const dueNow = await this.claimDue(worker, window)
    if (dueNow !== undefined) return dueNow
    const without: string[] = []
    for (;;) {
      const nowMs = this.time.nowMs()
      const [job] = await this.at('the next job', jobs.waiting(nowMs, window, { limit: 1, without }))
      const lapseMs = this.lapses.nextMs(nowMs, job?.dueMs, window)
      if (lapseMs !== undefined) {
        await this.moveTo(lapseMs)
        await this.expireJobs()
        continue
      }
      const occurrence = await this.at('its schedules', cron.next(window))
      if (
        occurrence !== undefined &&
        occurrence.atMs <= Math.max(nowMs, job?.dueMs ?? Number.POSITIVE_INFINITY)
      ) {
        await this.moveTo(occurrence.atMs)
        await this.addOccurrence(occurrence)
        continue
      }
      if (job === undefined) return undefined
      await this.moveTo(job.dueMs)
      const claim = await this.claimRow(worker, job)
      if (claim !== undefined) return claim
      // The library holds it back: a policy, a limit of concurrency, a queue that is busy.
      without.push(job.id)
    }
  }

  async parallel(window?: DueWindow): Promise<readonly ParallelJob[]> {
    return this.deliveries.parallel(await this.#ties(window))
  }

  async postpone(window?: DueWindow): Promise<void> {
    const { jobs } = await this.setup.ready()
    const [first] = await this.#ties(window)
    if (first !== undefined) jobs.postpone(first.id)
  }

  /** Lower first. */
  protected abstract priorityOf(claim: C): number

  /** Starts virtual time anew. */
  protected abstract restart(nowMs: number): void

  protected abstract moveTo(ms: number): void | Promise<void>

  /** What the library does about locks that have lapsed by now. */
  protected abstract expireJobs(): Promise<void>

  /** Where the library itself knows best which of the jobs that are due is next. */
  protected abstract claimDue(worker: string, window: DueWindow): Promise<C | undefined>

  /** The library's own way to this job; undefined where it does not hand it out. */
  protected abstract claimRow(worker: string, row: WaitingRow): Promise<C | undefined>

  protected abstract addOccurrence(occurrence: O): Promise<void>

  /** Counts a delivery that starts now. */
  protected started(id: string, worker: string): Started {
    return { worker, atMs: this.time.nowMs(), ...this.deliveries.start(id) }
  }

  protected at<T>(what: string, operation: T | Promise<T>): Promise<T> {
    return atPostgres(this.setup.serverName, what, Promise.resolve(operation))
  }

  async #ties(window?: DueWindow): Promise<readonly WaitingRow[]> {
    return tiesOf(await this.#waiting(window), this.time.nowMs())
  }

  async #waiting(window: DueWindow | undefined, selection?: RowSelection): Promise<WaitingRow[]> {
    await this.expireJobs()
    const { jobs } = await this.setup.ready()
    return await this.at('the list of jobs', jobs.waiting(this.time.nowMs(), window, selection))
  }
}
