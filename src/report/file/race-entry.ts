import type { RaceData, RaceResult } from '../../model/race.ts'
import { type ReadSource, readFromDisk, sourceReader } from '../source.ts'
import { plural } from '../words.ts'
import { errorEntryOf, withoutRoot } from './error-entry.ts'
import {
  RACE_FAILURES_MAX,
  type RaceEntry,
  type RaceFailureEntry,
  type RaceStepEntry,
} from './report-file.ts'

const STEPS_MAX = 400

/** A race to be written, and what its report does not say. */
export interface ReportedRace {
  readonly report: RaceData
  /** Relative to the root. */
  readonly testFile?: string
  readonly readSource?: ReadSource
}

/** The entry of one exploration of races. */
export function raceEntryOf({ report, testFile, readSource = readFromDisk }: ReportedRace): RaceEntry {
  const { name, root, command, members, summary, failures } = report
  const { schedules, run, failed, deadlocks, guarantee, exhaustive, seed, durationMs } = summary
  const source = sourceReader(root, readSource)
  const untold = Math.max(0, failures.length - RACE_FAILURES_MAX)
  const letters = members.map(({ letter }) => letter)
  return {
    name,
    ...(testFile === undefined ? undefined : { testFile }),
    ...(command === undefined ? undefined : { command: withoutRoot(command, root) }),
    racers: members.map((member) => member.name),
    ...(summary.shard === undefined ? undefined : { shard: summary.shard }),
    summary: {
      schedules,
      run,
      failed: failed + summary.flaky,
      deadlocks,
      guarantee,
      exhaustive,
      seed,
      durationMs,
    },
    failures: failures.slice(0, RACE_FAILURES_MAX).map((race) => failureOf(race, letters, root, source)),
    ...(untold === 0 ? undefined : { notCovered: { failures: untoldWords(untold) } }),
  }
}

function untoldWords(count: number): string {
  return `${plural(count, 'more failure')}: counted, but not told step by step`
}

/** The texts of the files that the failures of a race go through. */
export function raceSources({ report, readSource = readFromDisk }: ReportedRace): Record<string, string> {
  const read = sourceReader(report.root, readSource)
  const files = new Set(
    report.failures.slice(0, RACE_FAILURES_MAX).flatMap(({ lines = [] }) => lines.map(({ file }) => file)),
  )
  return Object.fromEntries(
    [...files].flatMap((file) => {
      const text = file === '' ? undefined : read(file)
      return text === undefined ? [] : [[file, text]]
    }),
  )
}

function failureOf(
  race: RaceResult,
  letters: readonly string[],
  root: string,
  source: (file: string) => string | undefined,
): RaceFailureEntry {
  const { schedule, outcome, reason, error, replay, blocked, lines = [] } = race
  const waiting = new Set(blocked.map(({ letter, at }) => `${letter} ${at}`))
  const steps = lines.slice(0, STEPS_MAX).map(({ letter, file, line }): RaceStepEntry => {
    const text = (source(file)?.split('\n')[line - 1] ?? '').trim()
    const step = { racer: Math.max(0, letters.indexOf(letter)), file, line, text }
    return waiting.has(`${letter} ${file}:${line}`) ? { ...step, blocked: true } : step
  })
  return {
    schedule,
    outcome,
    ...(reason === undefined ? undefined : { reason }),
    ...(error === undefined ? undefined : { error: errorEntryOf(error, root) }),
    replay,
    steps,
  }
}
