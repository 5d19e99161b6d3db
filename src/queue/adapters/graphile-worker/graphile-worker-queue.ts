import type { DeliveryOutcome } from '../../../model/delivery.ts'
import type { JobRequest } from '../../../model/job.ts'
import { payloadOf } from '../../../model/job.ts'
import { crossBroker } from '../../payload.ts'
import type {
  Claim,
  DueWindow,
  Ending,
  QueueAdapter,
  QueueCapabilities,
  RunExtras,
  Settlement,
} from '../../port.ts'
import type { WaitingRow } from '../due-jobs.ts'
import { checkSpelling } from '../native-options.ts'
import { nativeOf, nativeRequest } from '../native-request.ts'
import { PostgresQueue } from '../postgres-queue.ts'
import { unknownJob } from '../unknown-job.ts'
import type { TaskSpec } from './driver.ts'
import { GraphileClaim } from './graphile-claim.ts'
import type { Occurrence } from './graphile-cron.ts'
import { GraphileSetup, type GraphileWorkerQueueOptions } from './graphile-setup.ts'
import { GraphileTime } from './graphile-time.ts'
import { runTask } from './run-task.ts'
import type { Claimed, WorkerOrder, WorkerRun } from './worker-run.ts'
import { WorkerRuns } from './worker-runs.ts'

/** Completing is not fenced, failing is; an attempt is used up when the job is claimed. */
const CAPABILITIES: QueueCapabilities = { fencesZombies: false, deathConsumesAttempt: true }

/** A lock lapses when it is older than this; the SQL of graphile-worker says so. */
const lockMs = 4 * 60 * 60 * 1_000

const specOptions: readonly (keyof TaskSpec)[] = [
  ...(['queueName', 'runAt', 'priority', 'maxAttempts', 'jobKey', 'jobKeyMode', 'flags'] as const),
]

interface NativeJob {
  readonly spec: TaskSpec
}

/**
 * Drives graphile-worker's own worker, one delivery at a time in virtual time: the application's task list, schema and
 * database as they are. Jobs that the application adds with the time of the server, by `quickAddJob` or in SQL, are
 * moved to the virtual clock.
 *
 * Between scenarios the jobs of the listed tasks are deleted, and no others.
 *
 * @example
 * ```ts
 * const queue = graphileWorkerQueue({ pool, tasks: import.meta.glob('../src/tasks/*.ts') })
 * testSimulation('welcome mail', queue.job('welcome', { userId: 7 }), assertions, { queue })
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`; `FAULTLINE_REMOTE` for a database on another machine, unless
 * `allowRemote` is set; `FAULTLINE_SERVER_GONE` where it went away.
 */
export function graphileWorkerQueue(options: GraphileWorkerQueueOptions): GraphileWorkerQueue {
  return new GraphileWorkerQueue(options)
}

/** See {@link graphileWorkerQueue}. */
export class GraphileWorkerQueue extends PostgresQueue<GraphileClaim, Occurrence> implements QueueAdapter {
  readonly kind = 'graphile-worker'
  readonly capabilities: QueueCapabilities = CAPABILITIES
  /** Pools whose connections die with the worker. */
  readonly pools: readonly object[]
  override time: GraphileTime
  protected override readonly setup: GraphileSetup
  /** Of workers that froze and were not woken. */
  readonly #held: Set<WorkerRun> = new Set()
  readonly #runs: WorkerRuns = new WorkerRuns()
  /** What a worker was given with the end of its last job. */
  #ahead: { readonly run: WorkerRun; readonly job: Claimed | undefined } | undefined

  constructor(options: GraphileWorkerQueueOptions) {
    super()
    this.setup = new GraphileSetup(options)
    this.pools = '_clients' in options.pool ? [options.pool] : []
    this.time = new GraphileTime(Date.now(), this.setup)
  }

  /**
   * A job as work for a simulation; `spec` is that of `addJob`.
   *
   * @example
   * ```ts
   * queue.job('charge', async () => ({ orderId: await createOrder() }), { maxAttempts: 5, jobKey: 'order-7' })
   * ```
   */
  job(name: string, payload?: unknown, spec: TaskSpec = {}): JobRequest {
    return nativeRequest(name, payload, { spec } satisfies NativeJob)
  }

  async enqueue(what: unknown): Promise<string> {
    const hint = 'queue.job(name, payload, spec) makes one.'
    const { request, native } = nativeOf(what, this.kind, isNative, hint)
    checkSpelling('graphile-worker', request.name, native.spec, specOptions)
    const payload = crossBroker(await payloadOf(request))
    const { jobs, names } = await this.setup.ready()
    if (!names.includes(request.name)) throw unknownJob(request.name, names)
    return await this.at('add_job', jobs.add(request.name, payload, native.spec, this.time.nowMs()))
  }

  async sweep(): Promise<void> {
    const { jobs } = await this.setup.ready()
    await this.at('the connection', this.setup.refuseRemote())
    for (const run of this.#held) await run.abandon()
    this.#held.clear()
    if (this.#ahead?.job !== undefined) await this.#ahead.run.abandon()
    this.#ahead = undefined
    this.#runs.clear()
    await this.at('the clearing of its jobs', jobs.clear())
    this.deliveries.clear()
    this.lapses.clear()
  }

  async claimJob(worker: string, id: string): Promise<Claim | undefined> {
    await this.expireJobs()
    const { jobs } = await this.setup.ready()
    if (!/^\d+$/.test(id)) return undefined
    const nowMs = this.time.nowMs()
    const [job] = await this.at('a job', jobs.waiting(nowMs, { untilMs: nowMs }, { id }))
    return job === undefined ? undefined : await this.#getJob(worker, this.#only(id))
  }

  async run(claim: Claim, extras: RunExtras): Promise<unknown> {
    const { tasks, pool } = await this.setup.ready()
    return await runTask(claim as GraphileClaim, extras, tasks, pool)
  }

  async settle(
    claim: Claim,
    ending: Ending,
    outcome?: DeliveryOutcome,
    ahead?: DueWindow,
  ): Promise<Settlement> {
    const own = claim as GraphileClaim
    this.#held.delete(own.run)
    const { jobs } = await this.setup.ready()
    // Only a failure leaves a row, and a batch that was done in part.
    const isLeft = !ending.ok || Array.isArray(claim.payload)
    const order = isLeft || own.lapsed || ahead === undefined ? undefined : await this.#orderOf(ahead)
    await this.at('the settling of a job', own.run.end(ending, order))
    if (order === undefined) this.#runs.keep(own.run)
    else this.#ahead = { run: own.run, job: await this.at('get_job', own.run.claimed()) }
    const row = isLeft ? await this.at('the state of a job', jobs.row(claim.id)) : undefined
    if (row === undefined || own.run.settledRows === 0) {
      if (!ending.ok) return { status: 'refused' }
      this.records.write(claim, outcome ?? 'completed', ending)
      return { status: 'completed' }
    }
    // A batch whose payload was done in part, or a failure.
    const failure: Ending = ending.ok
      ? { ok: false, error: new Error('some entries of the batch failed') }
      : ending
    if (row.attempts >= row.maxAttempts) {
      this.records.writeDead(claim, failure, outcome)
      return { status: 'dead' }
    }
    this.records.write(claim, outcome ?? 'failed', failure)
    return { status: 'retried', nextAtMs: row.dueMs }
  }

  async expire(claim: Claim, outcome: 'crashed' | 'stalled' | 'interrupted' | 'lost'): Promise<number> {
    const own = claim as GraphileClaim
    own.lapsed = true
    if (outcome === 'stalled') this.#held.add(own.run)
    else await this.at('the end of a worker', own.run.abandon())
    // Older than that: not as old.
    const lapsesAtMs = Math.max(this.time.nowMs(), claim.atMs + lockMs + 1)
    const dueMs = claim.attempt < claim.maxAttempts ? lapsesAtMs : undefined
    this.lapses.add({ claim: own, lapsesAtMs, dueMs, record: this.records.write(claim, outcome) })
    return lapsesAtMs
  }

  async duplicate(claim: Claim): Promise<void> {
    const { jobs } = await this.setup.ready()
    const { job } = claim as GraphileClaim
    if (this.deliveries.has(claim.id)) await this.at('a job', jobs.deliverAgain(job, this.time.nowMs()))
  }

  /** What each worker of graphile-worker does when it starts: it takes locks away that have lapsed. */
  protected override async expireJobs(): Promise<void> {
    for (const { claim, lapsesAtMs, record } of this.lapses.take(this.time.nowMs())) {
      const { jobs } = await this.setup.ready()
      const { id, job, attempt, maxAttempts } = claim
      const before = await this.at('the state of a job', jobs.row(id))
      if (!before?.isLocked || before.attempts !== attempt) continue
      const lapsed = { jobId: id, queueId: job.job_queue_id }
      const run = this.#runs.start(await this.setup.ready(), { lapsed, nowMs: () => lapsesAtMs })
      await this.at('the lapse of a lock', run.claimed())
      this.deliveries.takenBack(id)
      if (attempt >= maxAttempts) this.records.dead.push(record)
    }
  }

  protected override priorityOf({ job }: GraphileClaim): number {
    return job.priority
  }

  protected override restart(nowMs: number): void {
    this.time = new GraphileTime(nowMs, this.setup)
  }

  protected override moveTo(ms: number): void {
    this.time.moveTo(ms)
  }

  protected override async claimDue(worker: string, window: DueWindow): Promise<GraphileClaim | undefined> {
    const ahead = this.#ahead
    this.#ahead = undefined
    if (ahead !== undefined) return this.#claimed(worker, ahead.run, ahead.job)
    const order = await this.#orderOf(window)
    if (order === undefined) return undefined
    const { jobs } = await this.setup.ready()
    await this.at('the time of its jobs', jobs.adoptFirst(this.time.nowMs()))
    return await this.#getJob(worker, order)
  }

  /** Of the jobs that are due graphile-worker itself knows best which is next. */
  async #orderOf({ fromMs, untilMs }: DueWindow): Promise<WorkerOrder | undefined> {
    const { jobs, cron } = await this.setup.ready()
    const nowMs = this.time.nowMs()
    if (fromMs !== undefined || (untilMs !== undefined && untilMs < nowMs)) return undefined
    if (jobs.hasPostponed || cron.next({ untilMs: nowMs }) !== undefined) return undefined
    if (this.lapses.areDue(nowMs)) return undefined
    return { foreign: jobs.foreign, nowMs: () => this.time.nowMs() }
  }

  protected override claimRow(worker: string, { id }: WaitingRow): Promise<GraphileClaim | undefined> {
    return this.#getJob(worker, this.#only(id))
  }

  protected override async addOccurrence(occurrence: Occurrence): Promise<void> {
    const { jobs, cron } = await this.setup.ready()
    const { name, payload, spec } = cron.take(occurrence)
    await this.at('a job of the crontab', jobs.add(name, payload, spec, this.time.nowMs()))
  }

  #only(jobId: string): WorkerOrder {
    return { jobId, nowMs: () => this.time.nowMs() }
  }

  async #getJob(worker: string, order: WorkerOrder): Promise<GraphileClaim | undefined> {
    const run = this.#runs.start(await this.setup.ready(), order)
    return this.#claimed(worker, run, await this.at('get_job', run.claimed()))
  }

  #claimed(worker: string, run: WorkerRun, job: Claimed | undefined): GraphileClaim | undefined {
    if (job === undefined) return undefined
    return new GraphileClaim(run, job, this.started(String(job.helpers.job.id), worker))
  }
}

function isNative(native: object): native is NativeJob {
  return 'spec' in native
}
