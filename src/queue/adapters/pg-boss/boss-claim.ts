import type { Claim } from '../../port.ts'
import type { BossTransaction, JobWithMetadata, Registered } from './driver.ts'

/** `expireInSeconds` of pg-boss. */
const defaultExpireSeconds = 15 * 60

/** A delivery of a job of pg-boss: what `fetch` returned, and who works on it. */
export class BossClaim implements Claim {
  readonly id: string
  readonly name: string
  readonly payload: unknown
  readonly attempt: number
  readonly maxAttempts: number
  readonly delivery: number
  readonly redelivered: boolean
  readonly worker: string
  readonly atMs: number
  /** Only where somebody set it: what hangs for the default of 15 minutes is better told to hang. */
  readonly timeoutMs?: number
  readonly part = 'perform'
  readonly job: JobWithMetadata<unknown>
  readonly registered: Registered
  /** Of a worker with `transactional: true`, while its handler runs. */
  transaction: BossTransaction | undefined
  /** Its worker died or froze. */
  lapsed = false

  constructor(
    job: JobWithMetadata<unknown>,
    registered: Registered,
    worker: string,
    atMs: number,
    delivery: number,
    redelivered: boolean,
  ) {
    this.job = job
    this.registered = registered
    this.worker = worker
    this.atMs = atMs
    this.delivery = delivery
    this.redelivered = redelivered
    this.id = job.id
    this.name = job.name
    this.payload = structuredClone(job.data)
    this.attempt = job.retryCount + 1
    this.maxAttempts = job.retryLimit + 1
    if (job.expireInSeconds !== defaultExpireSeconds) this.timeoutMs = job.expireInSeconds * 1_000
  }

  /** Names this delivery and no later one of the job. */
  get fence(): { id: string; retryCount: number } {
    return { id: this.id, retryCount: this.job.retryCount }
  }

  /** When pg-boss takes a worker for dead that was last heard of at `nowMs`. */
  lapsesAtMs(nowMs: number): number {
    const { expireInSeconds, heartbeatSeconds } = this.job
    const expiresMs = this.atMs + expireInSeconds * 1_000
    const silentMs = heartbeatSeconds ? nowMs + heartbeatSeconds * 1_000 : Number.POSITIVE_INFINITY
    return Math.max(nowMs, Math.min(expiresMs, silentMs))
  }

  /** How long the next attempt waits after this one failed: as the SQL of pg-boss has it, with the least jitter. */
  get retryAfterMs(): number {
    const { retryBackoff, retryCount, retryDelay, retryDelayMax } = this.job
    if (!retryBackoff) return retryDelay * 1_000
    const seconds = (Math.max(retryDelay, 1) * 2 ** Math.min(16, retryCount + 1)) / 2
    return Math.min(seconds, retryDelayMax ?? Number.POSITIVE_INFINITY) * 1_000
  }
}
