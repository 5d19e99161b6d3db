import type { RecordedPoint } from './recorded.ts'

/**
 * The points in the order in which faults strike there. A function that returns the promise of another is reached at
 * its return before the other has run; a fault strikes there when that promise settles: after the points of the other.
 * Findings lead with the first place that fails, which is to be the line at fault and not a wrapper around it.
 */
export function inOrderOfStrikes(points: readonly RecordedPoint[]): RecordedPoint[] {
  const ordered: RecordedPoint[] = []
  const waiting: RecordedPoint[] = []
  for (const point of points) {
    while (waiting.length > 0 && !isWithin(point, waiting.at(-1)!)) ordered.push(waiting.pop()!)
    if (point.passing) waiting.push(point)
    else ordered.push(point)
  }
  return [...ordered, ...waiting.reverse()]
}

/** Whether the point was reached by what the function called. */
function isWithin({ point, branch }: RecordedPoint, returned: RecordedPoint): boolean {
  const { jobId, attempt } = returned.point
  return point.jobId === jobId && point.attempt === attempt && branch.startsWith(`${returned.branch}.`)
}
