import type { Job } from 'bullmq'
import type { DrivenWorker } from './driven-worker.ts'

/** Delivers a job once more that was settled; with the same id where it was deleted meanwhile. */
export async function deliverAgain({ worker }: DrivenWorker, job: Job): Promise<void> {
  const backend = worker.getBackend()
  const state = await backend.getState(job.id!)
  if (state === 'completed' || state === 'failed') {
    await backend.retryFinishedJob(job, state, { resetAttemptsMade: true })
  } else if (state === 'unknown') {
    const { delay: _, parent: __, ...options } = job.opts
    const again = new worker.Job(worker, job.name, job.data, options, job.id)
    await backend.addJob(again.asJSON(), job.id!)
  }
}
