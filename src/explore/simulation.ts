import { FaultlineError } from '../model/error.ts'
import type { ScenarioResult } from '../model/result.ts'
import { progressLine } from '../report/progress.ts'
import { plural } from '../report/words.ts'
import { eventLoopTurn, realNowMs } from '../runtime/index.ts'
import { type Baseline, baseline, plainPoints } from './baseline.ts'
import { ignoredInWords } from './ignored.ts'
import { familiesOf } from './options.ts'
import { countOutside } from './outside.ts'
import { archivedPayloads, archiveOfWork, type OtherPayload, payloadsOf } from './payloads.ts'
import { isFailure, makeReport, type SimulationReport } from './report.ts'
import { Runner, type Setup } from './run.ts'
import { sample } from './sample.ts'
import { type PlannedScenario, Planner } from './scenarios.ts'
import { changedSource, hashOf, noSuchScenario, type Token } from './token.ts'
import { Trial } from './trial.ts'
import { withProbes } from './with-probes.ts'

const maxScenariosDefault = 10_000
/** Real time after which the event loop gets a turn between two scenarios. */
const turnMs = 10

/** One simulation: the runs without faults, then every scenario, then the report. */
export class Simulation<W> {
  readonly #setup: Setup<W>
  readonly #token: Token | undefined
  readonly #runner: Runner<W>
  readonly #startedMs = realNowMs()

  constructor(setup: Setup<W>, token: Token | undefined) {
    this.#setup = token === undefined ? setup : { ...setup, seed: token.seed, nowMs: token.now.getTime() }
    this.#token = token
    this.#runner = new Runner(this.#setup)
  }

  run(): Promise<SimulationReport> {
    return withProbes('simulate()', () => this.#runner.during(() => this.#explore()))
  }

  async #explore(): Promise<SimulationReport> {
    const outside = countOutside()
    archiveOfWork(this.#setup.work)?.begin()
    const { signal } = this.#setup.options
    const unfaulted = await baseline(this.#runner).catch((error: unknown) => {
      throw signal?.aborted && error === signal.reason ? aborted(error, 'in the run without faults') : error
    })
    const trial = new Trial(this.#runner, unfaulted)
    if (unfaulted.finding !== undefined) {
      return this.#report(
        unfaulted,
        [trial.baselineFailure(unfaulted.finding, unfaulted.end.session.timeline)],
        {
          notApplicable: {},
          notCovered: { scenarios: 'all: the run without faults is wrong already' },
          skipped: 0,
        },
      )
    }
    const planner = new Planner(
      this.#setup.options,
      unfaulted.end.rootJobId,
      ({ jobId }) => ({
        ...unfaulted.end.session.facts.get(jobId),
      }),
      unfaulted.end.session.queue,
    )
    const plan = planner.first(unfaulted.points)
    const { work, options } = this.#setup
    const payloads = [...payloadsOf(work, options.payloads), ...archivedPayloads(work)]
    if (this.#token !== undefined)
      return this.#replay(this.#token, unfaulted, trial, planner, plan.scenarios, payloads)
    for (const payload of payloads) await trial.runPayload(payload)
    const counts = await this.#levels(trial, planner, plan.scenarios)
    const notCovered = {
      ...plan.notCovered,
      ...outsideInWords(outside.size),
      ...ignoredInWords(unfaulted.files),
      ...warmUpInWords(unfaulted.warmUp),
      ...counts.notCovered,
    }
    return this.#report(unfaulted, trial.results, {
      ...plan,
      notApplicable: {
        ...this.#unasked(),
        ...plan.notApplicable,
        ...setAsideInWords(trial.notApplicable, plan.notApplicable),
      },
      notCovered,
      skipped: plan.skipped + counts.skipped,
    })
  }

  /** Sets of one fault, then of two …: each survivor is extended by the points that came after its last fault. */
  async #levels(
    trial: Trial<W>,
    planner: Planner,
    first: readonly PlannedScenario[],
  ): Promise<{ notCovered: Record<string, string>; skipped: number }> {
    const { maxScenarios = maxScenariosDefault, depth = 1 } = this.#setup.options
    let level = first
    const before = trial.ran
    let planned = 0
    let sampled = 0
    for (let size = 1; size <= depth && level.length > 0; size++) {
      planned += level.length
      const chosen = sample(level, maxScenarios - trial.ran + before, this.#setup.seed + size - 1)
      sampled += level.length - chosen.length
      level = await this.#runLevel(trial, planner, chosen, size < depth)
    }
    const run = trial.ran - before
    const notCovered: Record<string, string> = {}
    if (sampled > 0) notCovered.sampled = `sampled ${planned - sampled} of ${planned} scenarios`
    const late = planned - sampled - run
    if (late > 0)
      notCovered.budget = `${late} of ${planned - sampled} scenarios, for which budgetMs left no time`
    return { notCovered, skipped: planned - run }
  }

  /** Runs some scenarios; resolves to what extends the survivors, where that is wanted. */
  async #runLevel(
    trial: Trial<W>,
    planner: Planner,
    scenarios: readonly PlannedScenario[],
    extend: boolean,
  ): Promise<PlannedScenario[]> {
    const { budgetMs = Number.POSITIVE_INFINITY, onProgress, signal } = this.#setup.options
    const line = progressLine()
    const next: PlannedScenario[] = []
    const before = trial.ran
    const total = before + scenarios.length
    let turnAtMs = realNowMs() + turnMs
    for (const scenario of scenarios) {
      const done = trial.ran
      const judged = trial.results.length
      if (signal?.aborted) throw aborted(signal.reason, `after ${done} of ${total} scenarios`)
      if (realNowMs() - this.#startedMs > budgetMs) break
      try {
        const after = await trial.run(scenario, extend)
        if (extend) next.push(...planner.next(scenario, after))
      } catch (error) {
        throw signal?.aborted && error === signal.reason
          ? aborted(error, `after ${done} of ${total} scenarios`)
          : error
      }
      onProgress?.(done + 1, total)
      line.update(done + 1, total, this.#setup.name, trial.results.slice(judged).some(isFailure))
      if (realNowMs() < turnAtMs) continue
      await eventLoopTurn()
      await trial.lookBack()
      turnAtMs = realNowMs() + turnMs
    }
    line.done()
    await eventLoopTurn()
    await trial.lookBack()
    return next
  }

  /** A judge that no scenario calls. */
  #unasked(): Record<string, string> {
    const { whenDead, faults } = this.#setup.options
    if (whenDead === undefined || familiesOf(faults).some(({ fault }) => fault.permanent)) return {}
    return { exhaust: "`whenDead` was given, but `faults` does not name 'exhaust'" }
  }

  async #replay(
    token: Token,
    unfaulted: Baseline,
    trial: Trial<W>,
    planner: Planner,
    first: readonly PlannedScenario[],
    payloads: readonly OtherPayload[],
  ): Promise<SimulationReport> {
    const hash = hashOf(unfaulted.files)
    if (hash !== token.hash) throw changedSource(token, hash)
    const payload = payloads.find(({ id }) => id === token.scenario)
    let scenarios = first
    let others = first.length + payloads.length - 1
    const report = (): SimulationReport => {
      const notCovered = { replay: `FAULTLINE_REPLAY runs this one scenario; ${others} others were not run` }
      return this.#report(unfaulted, trial.results, { notApplicable: {}, notCovered, skipped: others })
    }
    if (payload !== undefined) {
      await trial.runPayload(payload)
      return report()
    }
    let scenario = scenarios.find(({ id }) => id === token.scenario)
    while (scenario === undefined) {
      const part = scenarios.find(({ id }) => token.scenario.startsWith(`${id}+`))
      if (part === undefined)
        throw noSuchScenario(
          token,
          [...payloads, ...scenarios].map(({ id }) => id),
        )
      scenarios = planner.next(part, await trial.explore(part))
      others += scenarios.length
      scenario = scenarios.find(({ id }) => id === token.scenario)
    }
    await this.#runLevel(trial, planner, [scenario], false)
    return report()
  }

  #report(
    unfaulted: Baseline,
    results: readonly ScenarioResult[],
    rest: { notApplicable: Record<string, string>; notCovered: Record<string, string>; skipped: number },
  ): SimulationReport {
    const { name, seed, nowMs, command } = this.#setup
    const [file] = unfaulted.files
    return makeReport({
      name,
      command,
      seed,
      nowMs,
      results,
      ...rest,
      points: plainPoints(unfaulted.points),
      root: file?.root ?? process.cwd(),
      durationMs: realNowMs() - this.#startedMs,
    })
  }
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

function aborted(reason: unknown, when: string): FaultlineError {
  return new FaultlineError('FAULTLINE_ABORTED', {
    message: `The simulation was cancelled ${when}.`,
    cause: reason,
  })
}
