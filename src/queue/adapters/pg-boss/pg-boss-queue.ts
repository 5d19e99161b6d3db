import type { DeliveryOutcome } from '../../../model/delivery.ts'
import { FaultlineError } from '../../../model/error.ts'
import type { JobRequest } from '../../../model/job.ts'
import { payloadOf } from '../../../model/job.ts'
import { MemoryTime } from '../../memory-time.ts'
import { crossBroker } from '../../payload.ts'
import type {
  Claim,
  DueWindow,
  Ending,
  QueueAdapter,
  QueueCapabilities,
  QueueTime,
  RunExtras,
  Settlement,
} from '../../port.ts'
import type { WaitingRow } from '../due-jobs.ts'
import { checkSpelling } from '../native-options.ts'
import { nativeOf, nativeRequest } from '../native-request.ts'
import { refuseRemote } from '../postgres-client.ts'
import { PostgresQueue } from '../postgres-queue.ts'
import { unknownJob } from '../unknown-job.ts'
import { BossClaim } from './boss-claim.ts'
import type { Occurrence } from './boss-cron.ts'
import { BossSetup, type PgBossQueueOptions } from './boss-setup.ts'
import type { SendOptions } from './driver.ts'
import { fetchOptionsOf } from './fetch-options.ts'
import { runHandler } from './run-handler.ts'
import { expireJob, settleJob } from './settle-job.ts'

/** The worker fences what it settles; a worker that died is found out when its job expires, as a failed attempt. */
const CAPABILITIES: QueueCapabilities = { fencesZombies: true, deathConsumesAttempt: true }

const sendOptions: readonly (keyof SendOptions)[] = [
  ...(['id', 'priority', 'startAfter', 'singletonKey', 'singletonSeconds', 'singletonNextSlot'] as const),
  ...(['group', 'deadLetter', 'db', 'expireInSeconds', 'retentionSeconds', 'deleteAfterSeconds'] as const),
  ...(['retryLimit', 'retryDelay', 'retryBackoff', 'retryDelayMax', 'heartbeatSeconds'] as const),
]

interface NativeJob {
  readonly send: SendOptions
}

/**
 * Drives the application's own `PgBoss`, one delivery at a time in virtual time: its handlers, queues, options and
 * database as they are. `register` starts the workers as the application does; its `boss.work` calls are recorded and
 * not polled for. From then on that `PgBoss` lives in virtual time, and belongs to the tests.
 *
 * Between scenarios the jobs of the queues that have a worker are deleted, and no others.
 *
 * @example
 * ```ts
 * const queue = pgBossQueue({ boss, register: startWorkers, pool })
 * testSimulation('welcome mail', queue.job('welcome', { userId: 7 }), assertions, { queue })
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`; `FAULTLINE_REMOTE` for a database on another machine, unless
 * `allowRemote` is set; `FAULTLINE_SERVER_GONE` where it went away.
 */
export function pgBossQueue(options: PgBossQueueOptions): PgBossQueue {
  return new PgBossQueue(options)
}

/** See {@link pgBossQueue}. */
export class PgBossQueue extends PostgresQueue<BossClaim, Occurrence> implements QueueAdapter {
  readonly kind = 'pg-boss'
  readonly capabilities: QueueCapabilities = CAPABILITIES
  /** Pools whose connections die with the worker. */
  readonly pools: readonly object[]
  override time: QueueTime = new MemoryTime(Date.now())
  protected override readonly setup: BossSetup

  constructor(options: PgBossQueueOptions) {
    super()
    this.setup = new BossSetup(options, () => this.time)
    this.pools = options.pool === undefined ? [] : [options.pool]
  }

  /**
   * A job as work for a simulation; `options` are those of `boss.send`.
   *
   * @example
   * ```ts
   * queue.job('charge', async () => ({ orderId: await createOrder() }), { retryLimit: 5, startAfter: 60 })
   * ```
   */
  job(name: string, payload?: unknown, options: SendOptions = {}): JobRequest {
    return nativeRequest(name, payload, { send: options } satisfies NativeJob)
  }

  async enqueue(what: unknown): Promise<string> {
    const hint = 'queue.job(name, data, options) makes one.'
    const { request, native } = nativeOf(what, this.kind, isNative, hint)
    checkSpelling('pg-boss', request.name, native.send, sendOptions)
    const payload = await payloadOf(request)
    const data = payload === undefined ? null : crossBroker(payload)
    const { boss, jobs, registered } = await this.setup.ready()
    if (!registered.has(request.name)) throw unknownJob(request.name, [...registered.keys()])
    const { name } = request
    const id = await this.at('boss.send', boss.send(name, data as object, { ...native.send }))
    const key = native.send.singletonKey
    const known = id ?? (key === undefined ? undefined : await jobs.idOfKey(name, key))
    if (known !== undefined) return known
    throw new FaultlineError('FAULTLINE_BAD_JOB', {
      message: `pg-boss dropped the job '${name}': boss.send returned null.`,
      hint: 'The policy of its queue, or its throttling, allows no further job now.',
    })
  }

  override async clear(options?: { readonly nowMs?: number }): Promise<void> {
    await super.clear(options)
    this.setup.statements.restart()
  }

  async sweep(): Promise<void> {
    const { jobs, client, allowRemote } = await this.setup.ready()
    await this.at('the connection', refuseRemote(client, allowRemote))
    await this.at('the clearing of its queues', jobs.clear())
    this.deliveries.clear()
    this.lapses.clear()
  }

  async claimJob(worker: string, id: string): Promise<Claim | undefined> {
    await this.expireJobs()
    const { jobs } = await this.setup.ready()
    const job = await this.at('a job', jobs.waitingJob(id, this.time.nowMs()))
    return job === undefined ? undefined : await this.#fetch(worker, job.name, id)
  }

  async run(claim: Claim, extras: RunExtras): Promise<unknown> {
    const { db } = await this.setup.ready()
    return await runHandler(claim as BossClaim, extras, db)
  }

  async settle(claim: Claim, ending: Ending, outcome?: DeliveryOutcome): Promise<Settlement> {
    const { boss, jobs } = await this.setup.ready()
    const own = claim as BossClaim
    const { statements } = this.setup
    const settling = settleJob(boss, statements, own, ending)
    const affected = await this.at('the settling of a job', settling)
    if (affected > 0 && ending.ok && !own.registered.options.perJobResults) {
      this.records.write(claim, outcome ?? 'completed', ending)
      return { status: 'completed' }
    }
    const state = await this.at('the state of a job', jobs.stateOf(claim.name, claim.id))
    const isOwn = state?.retryCount === own.job.retryCount && state.state !== 'active'
    if (affected === 0 && (own.lapsed || !isOwn || !ending.ok)) return { status: 'refused' }
    if (state?.state === 'failed') {
      this.records.writeDead(claim, ending, outcome)
      return { status: 'dead' }
    }
    if (state?.state === 'retry') {
      this.records.write(claim, outcome ?? 'failed', ending)
      return { status: 'retried', nextAtMs: state.dueMs }
    }
    // Or the handler settled it itself.
    this.records.write(claim, outcome ?? 'completed', ending)
    return { status: 'completed' }
  }

  async expire(claim: Claim, outcome: 'crashed' | 'stalled' | 'interrupted' | 'lost'): Promise<number> {
    const own = claim as BossClaim
    await own.transaction?.rollback()
    own.transaction = undefined
    own.lapsed = true
    const lapsesAtMs = own.lapsesAtMs(this.time.nowMs())
    const dueMs = claim.attempt < claim.maxAttempts ? lapsesAtMs + own.retryAfterMs : undefined
    this.lapses.add({ claim: own, lapsesAtMs, dueMs, record: this.records.write(claim, outcome) })
    return dueMs ?? lapsesAtMs
  }

  async duplicate(claim: Claim): Promise<void> {
    const { jobs } = await this.setup.ready()
    await this.at('a job', jobs.deliverAgain(claim.name, claim.id, this.time.nowMs()))
  }

  /** What the supervisor of pg-boss does with jobs that have expired. */
  protected override async expireJobs(): Promise<void> {
    for (const { claim, lapsesAtMs, record } of this.lapses.take(this.time.nowMs())) {
      const expiring = expireJob(await this.setup.ready(), this.setup.statements, claim, lapsesAtMs)
      const found = await this.at('the expiry of a job', expiring)
      if (found !== undefined) this.deliveries.takenBack(claim.id)
      if (found?.state === 'failed') this.records.dead.push(record)
    }
  }

  protected override priorityOf({ job }: BossClaim): number {
    return -job.priority
  }

  protected override restart(nowMs: number): void {
    this.time = new MemoryTime(nowMs)
  }

  protected override moveTo(ms: number): void | Promise<void> {
    return this.time.advanceTo(ms)
  }

  /** With one queue pg-boss itself knows best which of the jobs that are due is next. */
  protected override async claimDue(
    worker: string,
    { fromMs, untilMs }: DueWindow,
  ): Promise<BossClaim | undefined> {
    const { jobs, cron, registered } = await this.setup.ready()
    const nowMs = this.time.nowMs()
    const [name, ...others] = registered.keys()
    if (others.length > 0 || fromMs !== undefined || jobs.hasPostponed) return undefined
    if (untilMs !== undefined && (untilMs < nowMs || (await cron.next({ untilMs: nowMs })) !== undefined))
      return undefined
    return await this.#fetch(worker, name!)
  }

  protected override claimRow(worker: string, { name, id }: WaitingRow): Promise<BossClaim | undefined> {
    return this.#fetch(worker, name, id)
  }

  protected override async addOccurrence(occurrence: Occurrence): Promise<void> {
    const { cron } = await this.setup.ready()
    await this.at('a schedule', cron.send(occurrence))
  }

  /** The library's own fetch: of the job that is named, or of whichever is next. */
  async #fetch(worker: string, name: string, onlyId?: string): Promise<BossClaim | undefined> {
    const { boss, registered } = await this.setup.ready()
    const work = registered.get(name)!
    const fetching = this.setup.statements.with(onlyId === undefined ? {} : { onlyId }, () =>
      boss.fetch<unknown>(name, fetchOptionsOf(work)),
    )
    const [job] = await this.at('boss.fetch', fetching)
    if (job === undefined) return undefined
    return new BossClaim(job, work, this.started(job.id, worker))
  }
}

function isNative(native: object): native is NativeJob {
  return 'send' in native
}
