import { environment } from '../model/environment.ts'
import { FaultlineError } from '../model/error.ts'
import { checkDepth } from './check-depth.ts'
import { checkWhenDead, familiesOf } from './families.ts'
import { startMsOf } from './fresh-queues.ts'
import { type Assertions, type SimulationOptions, splitArguments } from './options.ts'
import { payloadsOf } from './payloads.ts'
import { checkPrunable } from './prune.ts'
import { makeReport, ResilienceError, type SimulationReport } from './report.ts'
import type { Setup } from './run-plan.ts'
import { Simulation } from './simulation.ts'
import { parseToken, type Token } from './token.ts'
import { nameOfWork, type Work } from './work.ts'

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

/** Whether one scenario is to be replayed, of whatever simulation. */
export function isReplay(): boolean {
  return environment().replay !== undefined
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
  const { scenarios, notCovered, shard } = report.summary
  const elsewhere = notCovered.replay !== undefined || (shard?.elsewhere ?? 0) > 0
  if (scenarios === 0 && !elsewhere) throw noScenarios(report)
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
  checkDepth(options.depth, work)
  const faults = familiesOf(options.faults).map(({ fault }) => fault)
  checkWhenDead(faults, options.whenDead)
  if (options.prune !== undefined) checkPrunable(work)
  payloadsOf(work, options.payloads)
  const name = options.name ?? defaultName
  const judgesAll = options.whenDead !== undefined && faults.every(({ permanent }) => permanent)
  if (assertions === undefined && options.snapshot === undefined && !judgesAll) {
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
    nowMs: startMsOf(options),
  }
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
