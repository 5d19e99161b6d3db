import type { ScenarioResult, SimulationData } from '../model/result.ts'
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
 * Holds a report against a threshold. Nothing is rounded: 99.99 % is below 100. Whatever the threshold, a report without
 * a scenario fails; so does a simulation or a race that could not be run, that ran nothing, or that is wrong without any
 * fault.
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
  const notRun = simulations.filter(({ failures }) => failures.some(({ reason }) => reason === 'not-run'))
  const wrong = simulations.filter(({ failures }) => failures.some(isWrong))
  const idle = [...simulations.filter(isIdle), ...races.filter(isIdleRace)]
  const obstacles = [
    notRun.length > 0 && `${notRun.length} could not be run`,
    wrong.length > 0 && `${wrong.length} wrong without any fault`,
    idle.length > 0 && `${idle.length} ran nothing`,
  ].filter((words) => words !== false)
  const parts = [...partLines(simulations), ...elsewhereLines(races)]
  // A shard may be left with nothing.
  const tested = judged > 0 || parts.length > 0
  const passed = tested && survived * 100 >= minPercent * judged && obstacles.length === 0
  const share = `${percent(resilience)} of ${plural(judged, 'scenario')} survived`
  const verdict =
    judged === 0
      ? `${passed ? '✓' : '✗'} nothing was tested${tested ? ' in this shard' : ': the report holds no scenario that was judged'}`
      : [`${passed ? '✓' : '✗'} ${share}`, ...obstacles, `the minimum is ${minPercent} %`].join('; ')
  return {
    passed,
    resilience,
    whole: parts.length === 0,
    lines: [
      verdict,
      ...blameLines(simulations, races),
      ...idle.map(({ name }) => `  ${name}  no scenario of it was run`),
      ...leftOutLines(simulations),
      ...parts,
    ],
  }
}

/** The job as it stands, without any fault. */
function isWrong({ id, reason }: ScenarioResult): boolean {
  return id === 'baseline' && reason !== 'not-run'
}

/** Success that tested nothing. */
function isIdle({ summary }: SimulationData): boolean {
  const elsewhere = summary.shard?.elsewhere ?? 0
  return summary.scenarios === 0 && elsewhere === 0
}

function isIdleRace({ summary, shard }: RaceEntry): boolean {
  return summary.run === 0 && shard === undefined
}

function blameLines(simulations: readonly SimulationData[], races: readonly RaceEntry[]): string[] {
  const isOneOf = simulations.length + races.length > 1
  const rows = simulations.flatMap(blamesOf).map((blame) => {
    const name = isOneOf && blame.place !== '' ? blame.simulation : ''
    const parts = [name, blame.faults.join(', '), plural(blame.scenarios, 'scenario')]
    const struck = parts.filter(Boolean).join(' · ')
    const what = blame.reason === 'not-run' ? 'could not be run:' : struck
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

/** What a verdict on all scenarios does not speak of. */
const LEFT_OUT = ['points', 'hits', 'sampled', 'depth', 'extensions', 'budget', 'replay']

function leftOutLines(simulations: readonly SimulationData[]): string[] {
  return simulations.flatMap(({ name, summary: { notCovered } }) => {
    const texts = LEFT_OUT.flatMap((key) => notCovered[key] ?? [])
    return texts.length === 0 ? [] : [`  ${name}: not covered: ${texts.join('; ')}`]
  })
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

function elsewhereLines(races: readonly RaceEntry[]): string[] {
  return races.flatMap(({ name, shard }) =>
    shard === undefined
      ? []
      : [`  ${name}: a race of shard ${shard.runBy} of ${shard.count}, which is not in this report`],
  )
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
