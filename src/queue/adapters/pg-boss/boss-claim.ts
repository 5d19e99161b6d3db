import { copyPayload } from '../../payload.ts'
import { AdapterClaim, type Started } from '../adapter-claim.ts'
import type { BossTransaction, JobWithMetadata, Registered } from './driver.ts'

/** `expireInSeconds` of pg-boss. */
const defaultExpireSeconds = 15 * 60

/** A delivery of a job of pg-boss: what `fetch` returned, and who works on it. */
export class BossClaim extends AdapterClaim {
  /** Only where somebody set it: what hangs for the default of 15 minutes is better told to hang. */
  readonly timeoutMs?: number
  readonly job: JobWithMetadata<unknown>
  readonly registered: Registered
  /** Of a worker with `transactional: true`, while its handler runs. */
  transaction: BossTransaction | undefined
  /** Its worker died or froze. */
  lapsed = false

  constructor(job: JobWithMetadata<unknown>, registered: Registered, started: Started) {
    super({
      ...started,
      id: job.id,
      name: job.name,
      payload: copyPayload(job.data),
      attempt: job.retryCount + 1,
      maxAttempts: job.retryLimit + 1,
    })
    this.job = job
    this.registered = registered
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
