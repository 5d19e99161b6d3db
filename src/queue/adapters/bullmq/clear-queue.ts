import type { DrivenWorker } from './driven-worker.ts'

/** What BullMQ keeps beside settings among a queue's meta data. */
const passing: readonly string[] = ['paused', 'stalled-check']
/** Keys that one call deletes. */
const count = 10_000

/** Deletes all that a queue holds, jobs and schedulers; its settings (concurrency, rate limit) stay. */
export async function clearQueue(driven: DrivenWorker): Promise<void> {
  const backend = driven.worker.getBackend()
  const meta = Object.entries(await backend.getQueueMeta()).filter(([field]) => !passing.includes(field))
  await backend.pause(true)
  while ((await backend.obliterate({ force: true, count })) !== 0);
  if (meta.length > 0) await backend.setQueueMeta(Object.fromEntries(meta))
  driven.reset()
}
