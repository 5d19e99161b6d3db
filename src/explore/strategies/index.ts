import { Search, type SearchPlan } from './search.ts'
import type { Course, RaceStrategy, Strategy } from './strategy.ts'

const all = Number.POSITIVE_INFINITY

/**
 * The strategies. Each is a search that begins with the works in series and picks the next schedule; they differ in how
 * far they go, and in what they draw then.
 */
export function strategyOf(strategy: RaceStrategy, course: Course): Strategy {
  return new Search(planOf(strategy, course), course)
}

function planOf(strategy: RaceStrategy, { steps, needsOrders }: Course): SearchPlan {
  // Each order of up to three works is six races at most: that the works are right in series is looked at always.
  const orders = needsOrders || steps.length <= 3 ? 0 : -1
  if (strategy === 'auto') {
    return {
      preemptions: all,
      wholeBounds: true,
      stopsAtFailure: true,
      draws: (left) => [
        { kind: 'pct', depth: 2, runs: Math.ceil(left / 2) },
        { kind: 'pct', depth: 3, runs: Math.floor(left / 2) },
      ],
    }
  }
  const whole = { wholeBounds: false, stopsAtFailure: false }
  if (strategy === 'exhaustive') return { ...whole, preemptions: all, draws: () => [] }
  if (strategy === 'random')
    return { ...whole, preemptions: orders, draws: (left) => [{ kind: 'random', depth: 0, runs: left }] }
  if ('preemptions' in strategy) return { ...whole, preemptions: strategy.preemptions, draws: () => [] }
  if ('random' in strategy) {
    const { runs } = strategy.random
    return { ...whole, preemptions: orders, draws: () => [{ kind: 'random', depth: 0, runs }] }
  }
  const { depth, runs } = strategy.pct
  return { ...whole, preemptions: orders, draws: () => [{ kind: 'pct', depth, runs }] }
}

export { countByPreemptions, countSchedules, inGroups } from './count.ts'
export { followSchedule } from './replay.ts'
export type { Chooser, Decisions, Guarantee, RaceStrategy, Strategy } from './strategy.ts'
