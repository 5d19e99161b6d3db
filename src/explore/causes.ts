import type { Point } from '../model/point.ts'
import type { Cause, ScenarioResult } from '../model/result.ts'

/** Failures that share reason, message and place, as one. A job with no retries dies everywhere: one cause. */
export function causesOf(failures: readonly ScenarioResult[]): Cause[] {
  const causes = new Map<string, Cause>()
  for (const failure of failures) {
    const point = failure.faults.at(-1)?.point
    const reason = failure.reason ?? failure.outcome
    const message = firstLine(failure.error?.message ?? '')
    const place =
      reason === 'dead' ? failure.timeline.findLast((event) => event.kind === 'dead')?.job : placeKey(point)
    const key = reason === 'dead' ? `dead|${place}` : `${reason}|${message}|${place}`
    const cause = causes.get(key)
    if (cause === undefined)
      causes.set(key, {
        reason,
        message,
        ...(point === undefined ? undefined : { point }),
        scenarios: [failure.id],
      })
    else cause.scenarios.push(failure.id)
  }
  return [...causes.values()]
}

function placeKey(point: Point | undefined): string {
  return point === undefined ? '' : `${point.file}:${point.line}:${point.column}:${point.kind}:${point.key}`
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!
}
