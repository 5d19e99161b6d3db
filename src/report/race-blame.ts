import type { RaceEntry, RaceFailureEntry } from './file/index.ts'
import { oneLine } from './text.ts'
import { reasonWords } from './words.ts'

/** Why a race failed, and where: schedules that came to the same end. */
export interface RaceBlame {
  readonly race: string
  /** `src/jobs/charge.ts:14`: the last line before another racer came in between; empty where there is none. */
  readonly place: string
  readonly file: string
  /** 0 where there is none. */
  readonly line: number
  /** The first schedule that ends so. */
  readonly schedule: string
  readonly replay: string
  /** How many of the schedules that are told end so. */
  readonly schedules: number
  /** On one line. */
  readonly message: string
}

/**
 * What the failures of a race are blamed on, one entry for each end they came to.
 *
 * @example
 * ```ts
 * raceBlamesOf(entry).map(({ place, message }) => `${place} ${message}`)
 * ```
 */
export function raceBlamesOf({ name, failures }: RaceEntry): RaceBlame[] {
  const groups = Map.groupBy(failures, ({ outcome, reason, error }) =>
    JSON.stringify([outcome, reason, error?.title]),
  )
  return [...groups.values()].map((same): RaceBlame => {
    const told = same.find(({ steps }) => steps.length > 0) ?? same[0]!
    const { file = '', line = 0 } = interrupted(told) ?? {}
    const { error, reason, outcome, schedule, replay } = told
    return {
      race: name,
      place: file === '' ? '' : `${file}:${line}`,
      file,
      line,
      schedule,
      replay,
      schedules: same.length,
      message: oneLine(error?.title ?? '') || reasonWords(reason ?? outcome),
    }
  })
}

/** The last line of a racer that has to wait while another one runs; else the last line of all. */
function interrupted({
  steps,
}: RaceFailureEntry): { readonly file: string; readonly line: number } | undefined {
  const known = steps.filter(({ file, line }) => file !== '' && line > 0)
  const at = known.findIndex(
    ({ racer }, index) =>
      known[index + 1] !== undefined &&
      known[index + 1]!.racer !== racer &&
      known.slice(index + 2).some((later) => later.racer === racer),
  )
  return known[at] ?? known.at(-1)
}
