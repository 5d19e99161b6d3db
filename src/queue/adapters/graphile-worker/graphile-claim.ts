import type { Claim } from '../../port.ts'
import type { Job, JobHelpers } from './driver.ts'
import type { WorkerRun } from './worker-run.ts'

/** A delivery of a job of graphile-worker: one run of its worker, which waits for the end of the task. */
export class GraphileClaim implements Claim {
  readonly id: string
  readonly name: string
  readonly payload: unknown
  readonly attempt: number
  readonly maxAttempts: number
  readonly delivery: number
  readonly redelivered: boolean
  readonly worker: string
  readonly atMs: number
  readonly part = 'perform'
  readonly job: Job
  readonly helpers: JobHelpers
  readonly run: WorkerRun
  /** Its worker died or froze. */
  lapsed = false

  constructor(
    run: WorkerRun,
    { payload, helpers }: { payload: unknown; helpers: JobHelpers },
    worker: string,
    atMs: number,
    delivery: number,
    redelivered: boolean,
  ) {
    const { job } = helpers
    this.run = run
    this.job = job
    this.helpers = helpers
    this.worker = worker
    this.atMs = atMs
    this.delivery = delivery
    this.redelivered = redelivered
    this.id = String(job.id)
    this.name = job.task_identifier
    this.payload = structuredClone(payload)
    this.attempt = job.attempts
    this.maxAttempts = job.max_attempts
  }
}
