import { crash, interrupt } from '../../fault/index.ts'
import { environment } from '../../model/environment.ts'
import { FaultlineError } from '../../model/error.ts'
import type { Point } from '../../model/point.ts'
import type { InjectedFault, ScenarioResult, Shard } from '../../model/result.ts'
import type { Finding } from '../../oracle/index.ts'
import { MemoryQueue } from '../../queue/index.ts'
import { progressLine } from '../../report/progress.ts'
import { realNowMs } from '../../runtime/index.ts'
import { plainPoints } from '../baseline.ts'
import { aborted } from '../levels.ts'
import { firstDivergence, type RecordedPoint, recordedPoints } from '../recorded.ts'
import { isFailure, makeReport, type SimulationReport } from '../report.ts'
import { sample } from '../sample.ts'
import { type PlannedScenario, Planner } from '../scenarios.ts'
import { ofShard, shardInWords, shardName, shardOfProcess } from '../shard.ts'
import { changedSource, hashOf, noSuchScenario, parseToken, printToken } from '../token.ts'
import { Attempt, type AttemptEnd, type AttemptPlan } from './attempt.ts'
import { noDeliveries } from './no-deliveries.ts'
import type { WorkerPlan } from './options.ts'
import type { RunFolder } from './run-folder.ts'
import { timelineOf } from './timeline.ts'

const maxScenariosDefault = 10_000
const faultOf = { SIGKILL: () => crash(), SIGTERM: () => interrupt() } as const
const signalOf = { crash: 'SIGKILL', interrupt: 'SIGTERM' } as const

/** The runs without faults, then every scenario, one after the other, then the report. */
export class WorkerSimulation<W> {
  readonly #plan: WorkerPlan<W>
  readonly #folder: RunFolder
  readonly #onResult: ((result: ScenarioResult) => void) | undefined
  readonly #startedMs = realNowMs()
  readonly #now = new Date()
  readonly #results: ScenarioResult[] = []
  #attempts = 0
  #hash = ''
  #root = process.cwd()
  #points: readonly RecordedPoint[] = []
  #expected: { readonly snapshot: unknown } | undefined

  constructor(
    plan: WorkerPlan<W>,
    folder: RunFolder,
    onResult: ((result: ScenarioResult) => void) | undefined,
  ) {
    this.#plan = plan
    this.#folder = folder
    this.#onResult = onResult
  }

  async run(): Promise<SimulationReport> {
    try {
      return await this.#run()
    } catch (error) {
      const { signal } = this.#plan.options
      if (!signal?.aborted || error !== signal.reason) throw error
      throw aborted(error, `after ${this.#results.length} scenarios`)
    }
  }

  async #run(): Promise<SimulationReport> {
    const { options, signals, seed } = this.#plan
    const broken = await this.#baseline()
    if (broken !== undefined) {
      this.#push(this.#result('baseline', [], broken.end, 'failed', broken.finding))
      return this.#report({}, { scenarios: 'all: the run without faults is wrong already' }, 0)
    }
    const faults = signals.map((signal) => faultOf[signal]())
    const { points, hits } = options
    const chosen = {
      faults,
      ...(points === undefined ? {} : { points }),
      ...(hits === undefined ? {} : { hits }),
    }
    const rootJobId = this.#points[0]!.point.jobId
    const all = new Planner(chosen, rootJobId, () => ({}), new MemoryQueue({})).first(this.#points)
    const some = sample(all.scenarios, options.maxScenarios ?? maxScenariosDefault, seed)
    const replayed = this.#replayed(all.scenarios)
    const part = shardOfProcess()
    const own = replayed ?? ofShard(some, part)
    const ran = await this.#scenarios(own)
    const skipped = all.skipped + all.scenarios.length - ran
    if (replayed !== undefined) {
      const what = replayed.length === 0 ? 'another simulation' : 'this one scenario'
      return this.#report({}, { replay: `FAULTLINE_REPLAY runs ${what}; ${skipped} were not run` }, skipped)
    }
    const sampled = all.scenarios.length - some.length
    const shard = { ...part, elsewhere: some.length - own.length, alike: all.skipped + sampled }
    const notCovered = {
      ...all.notCovered,
      ...(sampled === 0 ? {} : { sampled: `sampled ${some.length} of ${all.scenarios.length} scenarios` }),
      ...(part.count === 1 ? {} : { [shardName(shard)]: shardInWords(shard, own.length, false) }),
      ...(ran === own.length
        ? {}
        : { budget: `${own.length - ran} of ${own.length} scenarios, for which budgetMs left no time` }),
    }
    return this.#report(all.notApplicable, notCovered, skipped, part.count === 1 ? undefined : shard)
  }

  /** Twice without faults: the worker must be right, and must do the same both times. */
  async #baseline(): Promise<{ readonly finding: Finding; readonly end: AttemptEnd } | undefined> {
    const first = await this.#attempt({ id: 'baseline', faults: [] })
    if (first.log.deliveries.length === 0 || first.log.reached.length === 0)
      throw noDeliveries(this.#plan, first.log)
    this.#points = recordedPoints(first.log.reached)
    this.#hash = hashOf(first.log.files)
    this.#root = first.log.files[0]!.root
    if (first.finding !== undefined) return { finding: first.finding, end: first }
    this.#expected = { snapshot: first.snapshot }
    const second = await this.#attempt({ id: 'baseline', faults: [], expected: this.#expected })
    const divergence = firstDivergence(this.#points, recordedPoints(second.log.reached))
    if (divergence === undefined && second.finding === undefined) return undefined
    const what =
      divergence === undefined
        ? `the second run failed: ${second.finding!.error.message}`
        : `the runs part at ${divergence}`
    const error = new FaultlineError('FAULTLINE_NONDETERMINISTIC', {
      message: `Two runs of the worker without faults differ: ${what}.`,
      hint: 'What the first run leaves behind (rows, files, jobs) must be reset in `setup`; time and randomness are real here.',
    })
    return { finding: { reason: 'nondeterministic', error }, end: second }
  }

  #attempt(attempt: AttemptPlan): Promise<AttemptEnd> {
    return new Attempt(this.#plan, attempt, this.#folder, ++this.#attempts).run()
  }

  /** Runs them, one after the other; resolves to how many there was time for. */
  async #scenarios(scenarios: readonly PlannedScenario[]): Promise<number> {
    const { budgetMs = Number.POSITIVE_INFINITY, onProgress, signal } = this.#plan.options
    const line = progressLine()
    try {
      for (const [done, scenario] of scenarios.entries()) {
        signal?.throwIfAborted()
        if (realNowMs() - this.#startedMs > budgetMs) return done
        const result = await this.#scenario(scenario)
        this.#push(result)
        onProgress?.(done + 1, scenarios.length)
        line.update(done + 1, scenarios.length, this.#plan.name, isFailure(result))
      }
      return scenarios.length
    } finally {
      line.done()
    }
  }

  /** Once, and a second time where it failed: what fails is believed only if it fails again. */
  async #scenario({ id, strikes, index }: PlannedScenario): Promise<ScenarioResult> {
    const { fault, recorded } = strikes[0]!
    const { point, branch, branchHit } = recorded
    const signal = signalOf[fault.name as keyof typeof signalOf]
    const faults = [{ fault: fault.name, point }]
    const attempt: AttemptPlan = {
      id,
      faults,
      ...(this.#expected === undefined ? undefined : { expected: this.#expected }),
      target: {
        signal,
        file: point.file,
        index: recorded.index,
        jobId: point.jobId,
        delivery: point.attempt,
        branch,
        hit: branchHit,
      },
    }
    const first = await this.#attempt(attempt)
    if (!first.struck)
      return { ...this.#result(id, faults, first, 'unreached', { error: unreached(id) }), index }
    if (first.finding === undefined) return { ...this.#result(id, faults, first, 'survived'), index }
    const second = await this.#attempt(attempt)
    const flaky = second.struck && second.finding === undefined
    const result = this.#result(id, faults, first, flaky ? 'flaky' : 'failed', first.finding)
    return flaky
      ? { ...result, index, otherTimeline: timelineOf(second, faults, this.#now) }
      : { ...result, index }
  }

  #result(
    id: string,
    faults: readonly InjectedFault[],
    end: AttemptEnd,
    outcome: ScenarioResult['outcome'],
    finding?: Partial<Finding>,
  ): ScenarioResult {
    const { name, seed } = this.#plan
    return {
      id,
      faults,
      outcome,
      ...finding,
      timing: 'real',
      replay: printToken({ name, scenario: id, seed, now: this.#now, hash: this.#hash }),
      timeline: timelineOf(end, faults, this.#now),
    }
  }

  #push(result: ScenarioResult): void {
    this.#results.push(result)
    this.#onResult?.(result)
  }

  /** The one scenario that `FAULTLINE_REPLAY` names; none of another simulation. */
  #replayed(scenarios: readonly PlannedScenario[]): readonly PlannedScenario[] | undefined {
    const { replay } = environment()
    if (replay === undefined) return undefined
    const token = parseToken(replay)
    if (token.name !== this.#plan.name) return []
    if (token.hash !== this.#hash) throw changedSource(token, this.#hash)
    const one = scenarios.find(({ id }) => id === token.scenario)
    if (one !== undefined) return [one]
    throw noSuchScenario(
      token,
      scenarios.map(({ id }) => id),
    )
  }

  #report(
    notApplicable: Record<string, string>,
    notCovered: Record<string, string>,
    skipped: number,
    shard?: Shard,
  ): SimulationReport {
    const { name, seed } = this.#plan
    const points: readonly Point[] = plainPoints(this.#points)
    return makeReport({
      name,
      command: this.#plan.command,
      seed,
      nowMs: this.#now.getTime(),
      points,
      results: this.#results,
      notApplicable,
      notCovered,
      skipped,
      shard,
      durationMs: realNowMs() - this.#startedMs,
      root: this.#root,
    })
  }
}

function unreached(id: string): FaultlineError {
  return new FaultlineError('FAULTLINE_UNREACHED', {
    message: `${id} was never struck: the process did not reach that point, although the run without faults did.`,
    hint: 'Something outside of the job decides which way it takes: what a run leaves behind must be reset in `setup`.',
  })
}
