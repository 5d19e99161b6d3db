import { FaultlineError } from '../model/error.ts'
import { codeLineAt } from '../runtime/index.ts'
import type { Checked, Finding } from './finding.ts'

/** Nothing that is due is left in the queue. */
export async function drained({ queue, deliveries, untilMs }: Checked): Promise<Finding | undefined> {
  const limitMs = untilMs ?? queue.time.nowMs()
  const left = (await queue.pending()).filter((job) => job.at.getTime() <= limitMs)
  if (left.length === 0) return undefined
  const names = left.map((job) => `${job.id} (due ${job.at.toISOString()})`).join(', ')
  const ids = new Set(left.map(({ id }) => id))
  const late = deliveries.flatMap(({ lateJobs = [], identity }) =>
    lateJobs.filter(({ id }) => ids.has(id)).map(({ site }) => ({ site, identity })),
  )
  const blame = codeLineAt(late.find(({ site }) => site !== undefined)?.site)
  const by = late[0]?.identity
  const after = by === undefined ? '' : `after delivery ${by.ordinal} of ${by.jobId} had settled`
  const where = blame === undefined ? after : `at ${blame.file}:${blame.line}, ${after}`
  return {
    reason: 'undrained',
    error: new FaultlineError('FAULTLINE_UNDRAINED', {
      message: `Work was left in the queue: ${names}.${where === '' ? '' : ` It was enqueued ${where}.`}`,
      ...(late.length === 0
        ? undefined
        : {
            hint: 'The enqueue is not awaited: when it came, its job had ended already. Await it, or return its promise.',
          }),
    }),
    ...(blame === undefined ? undefined : { blame }),
  }
}
