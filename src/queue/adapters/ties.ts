/** A waiting job, as far as its place in the order goes. */
interface Waiting {
  readonly dueMs: number
  readonly priority: number
  /** Something keeps its place: a key, a queue that is worked off in order. */
  readonly hasKey: boolean
}

/** The first of some ordered jobs that may as well start in another order: due together, alike, and without a key. */
export function tiesOf<T extends Waiting>(waiting: readonly T[], nowMs: number): readonly T[] {
  const dueMs = (job: T): number => Math.max(job.dueMs, nowMs)
  const [first] = waiting
  if (first === undefined) return []
  const end = waiting.findIndex(
    (job) => job.hasKey || dueMs(job) !== dueMs(first) || job.priority !== first.priority,
  )
  return end < 0 ? waiting : waiting.slice(0, end)
}
