import { FaultlineError } from '../../model/error.ts'
import { mergeEntries } from './merge-entries.ts'
import {
  type RaceEntry,
  REPORT_SCHEMA,
  REPORT_VERSION,
  type ReportFile,
  type SimulationEntry,
} from './report-file.ts'

/**
 * One report out of several: of shards, or of runs of different test files. A simulation that several of them hold
 * gets the scenarios of all, in the order of its plan, its counts made anew.
 *
 * @throws FaultlineError `FAULTLINE_REPORT_MERGE` where there is no file, where the same scenario has two verdicts, and
 * where a source differs: then they are not parts of one run.
 *
 * @example
 * ```ts
 * const whole = mergeReportFiles(names.map((name) => parseReportFile(readFileSync(name, 'utf8'), name)))
 * ```
 */
export function mergeReportFiles(files: readonly ReportFile[]): ReportFile {
  const [first] = files
  if (first === undefined)
    throw new FaultlineError('FAULTLINE_REPORT_MERGE', {
      message: 'There is nothing to merge: received no report.',
      hint: 'Name the reports: faultline merge shard-1/report.json shard-2/report.json',
    })
  return {
    schema: REPORT_SCHEMA,
    version: REPORT_VERSION,
    faultline: first.faultline,
    simulations: grouped(files.map(({ simulations }) => simulations)).map(mergeEntries),
    races: grouped(files.map(({ races }) => races)).map(sameRace),
    sources: mergedSources(files),
  }
}

/** Entries of the same simulation together: the same name in the same test file, the same of several there. */
function grouped<T extends Pick<SimulationEntry, 'name' | 'testFile'>>(
  lists: readonly (readonly T[])[],
): T[][] {
  const groups = new Map<string, T[]>()
  for (const entries of lists) {
    const seen = new Map<string, number>()
    for (const entry of entries) {
      const name = JSON.stringify([entry.testFile, entry.name])
      const nth = seen.get(name) ?? 0
      seen.set(name, nth + 1)
      const key = `${name}${nth}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [entry])
      else group.push(entry)
    }
  }
  return [...groups.values()]
}

/** A race is run by one shard, whole; where several reports hold it nevertheless, it is the same. */
function sameRace(given: readonly RaceEntry[]): RaceEntry {
  const ran = given.filter(({ shard }) => shard === undefined)
  const races = ran.length === 0 ? given : ran
  const [first] = races
  const verdict = ({ summary, failures }: RaceEntry): string =>
    `${summary.failed} of ${summary.run} schedules failed (${failures.map(({ schedule }) => schedule).join(', ')})`
  for (const race of races) {
    if (verdict(race) === verdict(first!)) continue
    throw new FaultlineError('FAULTLINE_REPORT_MERGE', {
      message: `The race '${race.name}' has two verdicts: ${verdict(first!)} in one report, ${verdict(race)} in another.`,
      hint: 'Merge reports of one run only.',
    })
  }
  return first!
}

function mergedSources(files: readonly ReportFile[]): Record<string, string> {
  const sources: Record<string, string> = {}
  for (const file of files) {
    for (const [name, text] of Object.entries(file.sources)) {
      if (Object.hasOwn(sources, name) && sources[name] !== text)
        throw new FaultlineError('FAULTLINE_REPORT_MERGE', {
          message: `The reports were made of different sources: '${name}' is not the same in all of them.`,
          hint: 'Merge reports of one commit only.',
        })
      sources[name] = text
    }
  }
  return sources
}
