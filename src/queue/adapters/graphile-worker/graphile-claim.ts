import { copyPayload } from '../../payload.ts'
import { AdapterClaim, type Started } from '../adapter-claim.ts'
import type { Job, JobHelpers } from './driver.ts'
import type { WorkerRun } from './worker-run.ts'

/** A delivery of a job of graphile-worker: one run of its worker, which waits for the end of the task. */
export class GraphileClaim extends AdapterClaim {
  readonly job: Job
  readonly helpers: JobHelpers
  readonly run: WorkerRun
  /** Its worker died or froze. */
  lapsed = false

  constructor(
    run: WorkerRun,
    { payload, helpers }: { payload: unknown; helpers: JobHelpers },
    started: Started,
  ) {
    const { job } = helpers
    super({
      ...started,
      id: String(job.id),
      name: job.task_identifier,
      payload: copyPayload(payload),
      attempt: job.attempts,
      maxAttempts: job.max_attempts,
    })
    this.run = run
    this.job = job
    this.helpers = helpers
  }
}
