import type { RaceData, RaceResult } from '../../model/race.ts'
import { realNowMs } from '../../runtime/index.ts'
import { countSchedules } from '../strategies/index.ts'
import type { RaceSetup } from './race-options.ts'

/** What a report is made of. */
export interface RaceParts {
  readonly races: readonly RaceResult[]
  /** Steps of each work in series. */
  readonly steps: readonly number[]
  readonly wrongInSeries: boolean
  readonly guarantee: { readonly text: string; readonly exhaustive: boolean }
  readonly startedMs: number
  readonly root: string
}

/** Whether an outcome makes `runRaces` throw. */
export function isFailure({ outcome }: RaceResult): boolean {
  return outcome === 'failed' || outcome === 'flaky'
}

/** Counts, and says what was proven. */
export function raceData<W>(setup: RaceSetup<W>, parts: RaceParts): RaceData {
  const { name, entries, seed, nowMs, command, options } = setup
  const { races, steps, wrongInSeries, guarantee, startedMs, root } = parts
  const count = (outcome: RaceResult['outcome']): number =>
    races.filter((race) => race.outcome === outcome).length
  const where = options.granularity === 'line' ? 'at first-party awaits and lines' : 'at first-party awaits'
  const failures = races.filter(isFailure)
  return {
    name,
    members: entries.map((entry, index) => ({ letter: String.fromCharCode(65 + index), name: entry.name })),
    steps,
    races,
    failures: failures.toSorted((a, b) => a.preemptions - b.preemptions),
    wrongInSeries,
    root,
    ...(command === undefined ? undefined : { command }),
    summary: {
      schedules: String(countSchedules(steps)),
      run: races.length,
      survived: count('survived'),
      failed: count('failed'),
      flaky: count('flaky'),
      unreached: count('unreached'),
      deadlocks: races.filter(({ reason }) => reason === 'deadlock').length,
      guarantee: wrongInSeries
        ? 'none: it is wrong where the works run one after the other'
        : `${guarantee.text}, ${where}; library calls atomic`,
      exhaustive: guarantee.exhaustive && !wrongInSeries,
      seed,
      now: new Date(nowMs).toISOString(),
      durationMs: realNowMs() - startedMs,
    },
  }
}
