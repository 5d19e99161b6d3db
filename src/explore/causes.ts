import { isGivenUp } from '../model/delivery.ts'
import type { Cause, ScenarioResult } from '../model/result.ts'
import { messageOf } from '../report/message.ts'

/**
 * Failures that came to the same end, as one: same reason, same message down to its diff, thrown at the same place.
 * A bug is a stretch of lines between two effects, and each line of it fails alike. A job with no retries dies
 * everywhere: one cause.
 */
export function causesOf(failures: readonly ScenarioResult[], root: string): Cause[] {
  const causes = new Map<string, Cause>()
  for (const failure of failures) {
    const point = failure.faults.at(-1)?.point
    const reason = failure.reason ?? failure.outcome
    const key = JSON.stringify([
      failure.outcome,
      reason,
      point === undefined,
      blameOf(failure),
      ...endOf(failure, root),
    ])
    const cause = causes.get(key)
    if (cause === undefined)
      causes.set(key, {
        reason,
        message: firstLine(failure.error?.message ?? ''),
        ...(point === undefined ? undefined : { point }),
        ...(failure.blame === undefined ? undefined : { blame: failure.blame }),
        scenarios: [failure.id],
      })
    else cause.scenarios.push(failure.id)
  }
  return [...causes.values()]
}

function blameOf({ blame }: ScenarioResult): string {
  return blame === undefined ? '' : `${blame.file}:${blame.line}`
}

function endOf({ reason, error, timeline }: ScenarioResult, root: string): unknown[] {
  if (reason === 'dead')
    return [timeline.findLast(({ kind }) => kind === 'dead')?.job, isGivenUp(error?.cause)]
  const { title, rest, thrownAt } = messageOf(error, '', root)
  return [title, rest, thrownAt]
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!
}
