import type { SimulationData } from '../model/result.ts'
import { blamesOf } from './blame.ts'
import type { RaceEntry } from './file/index.ts'
import { raceBlamesOf } from './race-blame.ts'
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
  /** It holds the scenarios of all shards. */
  readonly whole: boolean
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
  const parts = partLines(simulations)
  return {
    passed,
    resilience,
    whole: parts.length === 0,
    lines: [verdict, ...blameLines(simulations, races), ...parts],
  }
}

function blameLines(simulations: readonly SimulationData[], races: readonly RaceEntry[]): string[] {
  const rows = simulations.flatMap(blamesOf).map((blame) => {
    const what = [blame.faults.join(', '), plural(blame.scenarios, 'scenario')].filter(Boolean).join(' · ')
    return `  ${blame.place || blame.simulation}  ${what}  ${blame.message}`
  })
  const failed = races.filter(({ summary }) => summary.failed > 0)
  return [...rows, ...failed.flatMap(raceLines)]
}

function raceLines(race: RaceEntry): string[] {
  const { name, summary } = race
  const share = `${summary.failed} of ${plural(summary.run, 'schedule')}`
  const blames = raceBlamesOf(race)
  if (blames.length === 0) return [`  ${name}  ${share}`]
  return blames.map(
    ({ place, schedule, message }) =>
      `  ${place || name}  race ${name} · ${share}, such as ${schedule}  ${message}`,
  )
}

/** A part of the shards is no verdict on the whole. */
function partLines(simulations: readonly SimulationData[]): string[] {
  return simulations.flatMap(({ name, summary: { shard } }) => {
    if (shard === undefined || shard.elsewhere === 0) return []
    const { index, merged = [index], count } = shard
    const parts = `${merged.length === 1 ? 'shard' : 'shards'} ${merged.join(', ')} of ${count}`
    return [`  ${name}: only ${parts}; ${plural(shard.elsewhere, 'scenario')} not in this report`]
  })
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
