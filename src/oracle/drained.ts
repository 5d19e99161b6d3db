import { FaultlineError } from '../model/error.ts'
import type { Checked, Finding } from './finding.ts'

/** Nothing that is due is left in the queue. */
export async function drained({ queue, untilMs }: Checked): Promise<Finding | undefined> {
  const limitMs = untilMs ?? queue.time.nowMs()
  const left = (await queue.pending()).filter((job) => job.at.getTime() <= limitMs)
  if (left.length === 0) return undefined
  const names = left.map((job) => `${job.id} (due ${job.at.toISOString()})`).join(', ')
  return {
    reason: 'undrained',
    error: new FaultlineError('FAULTLINE_UNDRAINED', { message: `Work was left in the queue: ${names}.` }),
  }
}
