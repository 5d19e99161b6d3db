import type { Point } from '../../model/point.ts'

/** What tells points apart: the place, the hit, the delivery. */
export function pointKey({ kind, key, column, hit, attempt, jobId }: Point): string {
  return JSON.stringify([kind, key, column, hit, attempt, jobId])
}
