import type { Point } from '../model/point.ts'

/**
 * The stable name of a fault at a point: `crash@src/jobs/charge.ts:14#2/2[mail-1]` — the fault, the place (its
 * kind where it is not a line), the hit and the attempt where they are not the first, the job where it is not
 * the one under test.
 */
export function faultId(label: string, point: Point, rootJobId: string): string {
  const hit = point.hit === 1 ? '' : `#${point.hit}`
  const attempt = point.attempt === 1 ? '' : `/${point.attempt}`
  const job = point.jobId === rootJobId ? '' : `[${point.jobId}]`
  return `${label}@${placeId(point)}${hit}${attempt}${job}`
}

function placeId(point: Point): string {
  if (point.file === '' || point.kind === 'line' || point.kind === 'enqueue') return point.key
  if (point.kind === 'await') return `await:${point.key}`
  return `${point.kind}:${point.file}:${point.line}:${point.column}`
}
