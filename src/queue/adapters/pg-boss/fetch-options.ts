import type { Registered } from './driver.ts'

/** What `boss.work` hands on to `boss.fetch`. */
const names = ['priority', 'orderByCreatedOn', 'groupConcurrency', 'minPriority', 'maxPriority']

/** The options of a worker's fetch, of one job with all that is known of it. */
export function fetchOptionsOf({ options }: Registered): {
  readonly batchSize: 1
  readonly includeMetadata: true
} {
  const given = Object.entries(options).filter(([name]) => names.includes(name))
  return { ...Object.fromEntries(given), batchSize: 1, includeMetadata: true }
}
