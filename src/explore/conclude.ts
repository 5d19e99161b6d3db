import type { ScenarioResult, Shard } from '../model/result.ts'
import { plural } from '../report/words.ts'
import { realNowMs } from '../runtime/index.ts'
import { plainPoints } from './baseline.ts'
import { familiesOf } from './families.ts'
import { ignoredInWords } from './ignored.ts'
import type { LevelCounts } from './levels.ts'
import { approximateInWords, sharedInWords } from './memory-use.ts'
import type { Prepared } from './prepare.ts'
import { makeReport, type SimulationReport } from './report.ts'
import type { Setup } from './run-plan.ts'
import { shardInWords, shardName } from './shard.ts'

/** How a simulation was run: what the report says beside the results. */
export interface Course<W> {
  readonly setup: Setup<W>
  readonly prepared: Prepared<W>
  readonly startedMs: number
}

/** What was left out, and why. */
export interface LeftOut {
  readonly notApplicable: Record<string, string>
  readonly notCovered: Record<string, string>
  readonly skipped: number
  readonly shard?: Shard
}

/** The report of a simulation whose levels ran. */
export function conclude<W>(
  course: Course<W>,
  counts: LevelCounts & { readonly payloads: number },
  { index, count }: { readonly index: number; readonly count: number },
): SimulationReport {
  const { setup, prepared } = course
  const { unfaulted, trial, outside, plan, payloads } = prepared
  const notCovered = {
    ...plan.notCovered,
    ...outsideInWords(outside.size),
    ...ignoredInWords(unfaulted.files),
    ...warmUpInWords(unfaulted.warmUp),
    ...approximateInWords(trial.results),
    ...sharedInWords(unfaulted.end.session.options.memory),
    ...counts.notCovered,
  }
  const left: LeftOut = {
    notApplicable: {
      ...unasked(setup),
      ...plan.notApplicable,
      ...setAsideInWords(trial.notApplicable, plan.notApplicable),
    },
    notCovered,
    skipped: plan.skipped + counts.skipped + payloads.length - counts.payloads,
  }
  if (count === 1) return reportOf(course, trial.results, left)
  const elsewhere = counts.elsewhere + payloads.length - counts.payloads
  const shard = { index, count, elsewhere, alike: plan.skipped + counts.sampled }
  const own = counts.own + counts.payloads
  notCovered[shardName(shard)] = shardInWords(shard, own, counts.extended)
  return reportOf(course, trial.results, { ...left, shard })
}

/** The report of a job that is wrong without any fault. */
export function concludeBroken<W>(course: Course<W>): SimulationReport {
  const { trial, unfaulted, plan } = course.prepared
  const { finding, end } = unfaulted
  return reportOf(course, [trial.baselineFailure(finding!, end.session.timeline)], plan)
}

/** A report of some results of a simulation. */
export function reportOf<W>(
  { setup, prepared, startedMs }: Course<W>,
  results: readonly ScenarioResult[],
  { notApplicable, notCovered, skipped, shard }: LeftOut,
): SimulationReport {
  const { name, seed, nowMs, command } = setup
  const [file] = prepared.unfaulted.files
  return makeReport({
    name,
    command,
    seed,
    nowMs,
    results,
    notApplicable,
    notCovered,
    skipped,
    shard,
    points: plainPoints(prepared.unfaulted.points),
    root: file?.root ?? process.cwd(),
    durationMs: realNowMs() - startedMs,
  })
}

/** A judge that no scenario calls. */
function unasked<W>({ options: { whenDead, faults } }: Setup<W>): Record<string, string> {
  if (whenDead === undefined || familiesOf(faults).some(({ fault }) => fault.permanent)) return {}
  return { exhaust: "`whenDead` was given, but `faults` does not name 'exhaust'" }
}

/** What was run and could not be judged, beside what could not strike. */
function setAsideInWords(
  setAside: ReadonlyMap<string, ReadonlyMap<string, number>>,
  planned: Record<string, string>,
): Record<string, string> {
  const words = [...setAside].map(([fault, reasons]) => {
    const parts = [...reasons].map(([reason, count]) => `${reason} (${plural(count, 'scenario')})`)
    return [fault, [planned[fault], ...parts].filter(Boolean).join('; ')]
  })
  return Object.fromEntries(words)
}

function warmUpInWords(count: number): Record<string, string> {
  if (count === 0) return {}
  return {
    warmUp: `${plural(count, 'point')} that only the very first run reached: what it made (a client, a cache, a module) stayed in memory`,
  }
}

function outsideInWords(count: number): Record<string, string> {
  return count === 0 ? {} : { outside: `${count} functions that stand for other systems: one effect each` }
}
