import type { SimulationData } from '../model/result.ts'
import { blamesOf } from './blame.ts'
import type { RaceEntry } from './file/index.ts'
import { percent, plural } from './words.ts'

/** What is held against a threshold. */
export interface Gated {
  readonly simulations: readonly SimulationData[]
  readonly races: readonly RaceEntry[]
}

/** Whether a report is good enough, and who is to blame where it is not. */
export interface GateVerdict {
  readonly passed: boolean
  /** 0..1, over all scenarios and schedules. */
  readonly resilience: number
  /** What to print: the verdict first. */
  readonly lines: readonly string[]
}

/**
 * Holds a report against a threshold. Nothing is rounded: 99.99 % is below 100. A report without a scenario fails, and
 * so does a job that is wrong without any fault.
 *
 * @param minPercent 0..100
 * @example
 * ```ts
 * judge({ simulations: [report], races: [] }, 100).passed
 * ```
 */
export function judge({ simulations, races }: Gated, minPercent: number): GateVerdict {
  const sums = simulations.map(({ summary }) => summary)
  const survived =
    sum(sums, (one) => one.survived) + sum(races, ({ summary }) => summary.run - summary.failed)
  const judged =
    sum(sums, (one) => one.survived + one.failed + one.unreached + one.flaky) +
    sum(races, ({ summary }) => summary.run)
  const resilience = judged === 0 ? 0 : survived / judged
  const wrong = simulations.filter(({ failures }) => failures.some(({ id }) => id === 'baseline'))
  const passed = judged > 0 && survived * 100 >= minPercent * judged && wrong.length === 0
  const share = `${percent(resilience)} of ${plural(judged, 'scenario')} survived`
  const verdict =
    judged === 0
      ? '✗ nothing was tested: the report holds no scenario that was judged'
      : `${passed ? '✓' : '✗'} ${share}; the minimum is ${minPercent} %`
  return {
    passed,
    resilience,
    lines: [verdict, ...blameLines(simulations, races), ...partLines(simulations)],
  }
}

function blameLines(simulations: readonly SimulationData[], races: readonly RaceEntry[]): string[] {
  const rows = simulations.flatMap(blamesOf).map((blame) => {
    const what = [blame.faults.join(', '), plural(blame.scenarios, 'scenario')].filter(Boolean).join(' · ')
    return `  ${blame.place || blame.simulation}  ${what}  ${blame.message}`
  })
  const failed = races.filter(({ summary }) => summary.failed > 0)
  return [
    ...rows,
    ...failed.map(({ name, summary, failures }) => {
      const schedule = failures[0] === undefined ? '' : `  first: ${failures[0].schedule}`
      return `  ${name}  ${summary.failed} of ${plural(summary.run, 'schedule')}${schedule}`
    }),
  ]
}

/** A part of the shards is no verdict on the whole. */
function partLines(simulations: readonly SimulationData[]): string[] {
  return simulations.flatMap(({ name, summary: { shard } }) =>
    shard === undefined || shard.elsewhere === 0
      ? []
      : [`  ${name}: only a part of its shards; ${plural(shard.elsewhere, 'scenario')} not in this report`],
  )
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
