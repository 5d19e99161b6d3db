import { environment } from '../model/environment.ts'
import { FaultlineError } from '../model/error.ts'
import type { ScenarioResult } from '../model/result.ts'
import { progressLine } from '../report/progress.ts'
import { plural } from '../report/words.ts'
import { eventLoopTurn, realNowMs } from '../runtime/index.ts'
import { type Baseline, baseline, plainPoints } from './baseline.ts'
import { ignoredInWords } from './ignored.ts'
import { type Assertions, familiesOf, type SimulationOptions, splitArguments } from './options.ts'
import { countOutside } from './outside.ts'
import { isFailure, makeReport, ResilienceError, type SimulationReport } from './report.ts'
import { Runner, type Setup } from './run.ts'
import { sample } from './sample.ts'
import { type PlannedScenario, planScenarios } from './scenarios.ts'
import { changedSource, hashOf, noSuchScenario, parseToken, type Token } from './token.ts'
import { Trial } from './trial.ts'
import { withProbes } from './with-probes.ts'
import { kindOfWork, nameOfWork, type Work } from './work.ts'

const maxScenariosDefault = 10_000
/** Real time after which the event loop gets a turn between two scenarios. */
const turnMs = 10

/**
 * Every scenario of a work: each point a failure point, the same assertions each time. Never throws for a
 * failing scenario.
 *
 * @example
 * ```ts
 * const report = await simulate(charge.with({ orderId: 7 }), (run, world) => expect(world.charges).toHaveLength(1), { setup })
 * console.log(String(report), report.summary.resilience)
 * ```
 * @throws FaultlineError for options that are none, and where nothing could be tested (`FAULTLINE_NO_POINTS`).
 */
export async function simulate<W = undefined>(
  work: Work,
  assertions?: Assertions<W> | SimulationOptions<W>,
  options?: SimulationOptions<W> | Assertions<W>,
): Promise<SimulationReport> {
  return simulateSetup(setupOf(work, assertions, options))
}

/** As {@link simulate}, for options that were checked before. */
export async function simulateSetup<W>(setup: Setup<W>): Promise<SimulationReport> {
  const token = replayToken()
  if (token !== undefined && token.name !== setup.name) return skippedReport(setup, token)
  return new Simulation(setup, token).run()
}

function replayToken(): Token | undefined {
  const { replay } = environment()
  return replay === undefined ? undefined : parseToken(replay)
}

/** Which simulation `FAULTLINE_REPLAY` replays, where it is not the one of this name. */
export function replayedElsewhere(name: string): string | undefined {
  const token = replayToken()
  return token === undefined || token.name === name ? undefined : token.name
}

/**
 * As {@link simulate}, and throws unless every scenario survived.
 *
 * @example
 * ```ts
 * await runSimulation(charge.with({ orderId: 7 }), (run, world) => expect(world.charges).toHaveLength(1), { setup })
 * ```
 * @throws ResilienceError with the `report`; its message is the terminal report. FaultlineError
 * `FAULTLINE_NO_SCENARIOS` where no scenario was left to run.
 */
export async function runSimulation<W = undefined>(
  work: Work,
  assertions?: Assertions<W> | SimulationOptions<W>,
  options?: SimulationOptions<W> | Assertions<W>,
): Promise<SimulationReport> {
  const report = await simulate(work, assertions, options)
  return assertResilient(report)
}

/** Throws unless every scenario of the report survived, and there was at least one. */
export function assertResilient(report: SimulationReport): SimulationReport {
  if (report.failures.length > 0) throw new ResilienceError(report)
  if (report.summary.scenarios === 0 && report.summary.notCovered.replay === undefined)
    throw noScenarios(report)
  return report
}

/** A work with its options, checked and completed. */
export function setupOf<W>(
  work: Work,
  first: Assertions<W> | SimulationOptions<W> | undefined,
  second: Assertions<W> | SimulationOptions<W> | undefined,
  defaultName: string = nameOfWork(work),
): Setup<W> {
  const { assertions, options } = splitArguments<W, SimulationOptions<W>>(first, second)
  kindOfWork(work)
  familiesOf(options.faults)
  const name = options.name ?? defaultName
  if (assertions === undefined && options.snapshot === undefined) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `${name} has nothing to judge it by: neither assertions nor the option \`snapshot\` was given.`,
      hint: 'Give a function of (run, world) that fails when the final state is wrong, or `snapshot: (world) => state`.',
    })
  }
  return {
    work,
    assertions,
    options,
    name,
    seed: options.seed ?? 1,
    nowMs: (options.now ?? new Date()).getTime(),
  }
}

class Simulation<W> {
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
    const plan = planScenarios(unfaulted.points, this.#setup.options, unfaulted.end.rootJobId)
    if (this.#token !== undefined) return this.#replay(this.#token, unfaulted, trial, plan.scenarios)
    const { maxScenarios = maxScenariosDefault } = this.#setup.options
    const chosen = sample(plan.scenarios, maxScenarios, this.#setup.seed)
    const notCovered = {
      ...plan.notCovered,
      ...outsideInWords(outside.size),
      ...ignoredInWords(unfaulted.files),
      ...warmUpInWords(unfaulted.warmUp),
    }
    if (chosen.length < plan.scenarios.length)
      notCovered.sampled = `sampled ${chosen.length} of ${plan.scenarios.length} scenarios`
    const results = await this.#runAll(trial, chosen)
    if (results.length < chosen.length)
      notCovered.budget = `${chosen.length - results.length} of ${chosen.length} scenarios, for which budgetMs left no time`
    const skipped = plan.skipped + plan.scenarios.length - results.length
    return this.#report(unfaulted, results, { ...plan, notCovered, skipped })
  }

  async #runAll(trial: Trial<W>, scenarios: readonly PlannedScenario[]): Promise<ScenarioResult[]> {
    const { budgetMs = Number.POSITIVE_INFINITY, onProgress, signal } = this.#setup.options
    const line = progressLine()
    let turnAtMs = realNowMs() + turnMs
    let done = 0
    for (const scenario of scenarios) {
      if (signal?.aborted) throw aborted(signal.reason, after(done, scenarios))
      if (realNowMs() - this.#startedMs > budgetMs) break
      try {
        await trial.run(scenario)
      } catch (error) {
        throw signal?.aborted && error === signal.reason ? aborted(error, after(done, scenarios)) : error
      }
      done++
      onProgress?.(done, scenarios.length)
      line.update(done, scenarios.length, this.#setup.name, isFailure(trial.results.at(-1)!))
      if (realNowMs() < turnAtMs) continue
      await eventLoopTurn()
      trial.lookBack()
      turnAtMs = realNowMs() + turnMs
    }
    line.done()
    await eventLoopTurn()
    trial.lookBack()
    return trial.results
  }

  async #replay(
    token: Token,
    unfaulted: Baseline,
    trial: Trial<W>,
    scenarios: readonly PlannedScenario[],
  ): Promise<SimulationReport> {
    const hash = hashOf(unfaulted.files)
    if (hash !== token.hash) throw changedSource(token, hash)
    const scenario = scenarios.find(({ id }) => id === token.scenario)
    if (scenario === undefined)
      throw noSuchScenario(
        token,
        scenarios.map(({ id }) => id),
      )
    const results = await this.#runAll(trial, [scenario])
    const others = scenarios.length - 1
    const notCovered = { replay: `FAULTLINE_REPLAY runs this one scenario; ${others} others were not run` }
    return this.#report(unfaulted, results, { notApplicable: {}, notCovered, skipped: others })
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

function warmUpInWords(count: number): Record<string, string> {
  if (count === 0) return {}
  return {
    warmUp: `${plural(count, 'point')} that only the very first run reached: what it made (a client, a cache, a module) stayed in memory`,
  }
}

function outsideInWords(count: number): Record<string, string> {
  return count === 0 ? {} : { outside: `${count} functions that stand for other systems: one effect each` }
}

function skippedReport<W>({ name, seed, nowMs }: Setup<W>, token: Token): SimulationReport {
  const notCovered = { replay: `skipped: FAULTLINE_REPLAY replays '${token.name}'` }
  process.stderr.write(`faultline: '${name}' is skipped, FAULTLINE_REPLAY replays '${token.name}'\n`)
  return makeReport({
    name,
    seed,
    nowMs,
    points: [],
    results: [],
    notApplicable: {},
    notCovered,
    skipped: 0,
    durationMs: 0,
    root: process.cwd(),
  })
}

function noScenarios(report: SimulationReport): FaultlineError {
  const reasons = Object.values({ ...report.summary.notApplicable, ...report.summary.notCovered })
  return new FaultlineError('FAULTLINE_NO_SCENARIOS', {
    message: `${report.name} has no scenario: ${report.summary.points} points were reached, and nothing could strike at any of them.`,
    hint: reasons.length > 0 ? `Left out: ${reasons.join('; ')}.` : 'Choose other `faults` or `points`.',
  })
}

function after(done: number, { length }: readonly unknown[]): string {
  return `after ${done} of ${length} scenarios`
}

function aborted(reason: unknown, when: string): FaultlineError {
  return new FaultlineError('FAULTLINE_ABORTED', {
    message: `The simulation was cancelled ${when}.`,
    cause: reason,
  })
}
