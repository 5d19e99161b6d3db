import { realNowMs } from '../runtime/index.ts'
import { asError } from './as-error.ts'
import { type Course, conclude, concludeBroken, reportOf } from './conclude.ts'
import { Levels } from './levels.ts'
import type { OtherPayload } from './payloads.ts'
import { prepare } from './prepare.ts'
import type { SimulationReport } from './report.ts'
import { Runner } from './run.ts'
import type { Setup } from './run-plan.ts'
import type { PlannedScenario } from './scenarios.ts'
import { ofShard, shardOfProcess } from './shard.ts'
import { stepTitles } from './step-title.ts'
import type { Trial } from './trial.ts'
import { withProbes } from './with-probes.ts'

/** One scenario of a {@link Stepwise} simulation; with `depth`, what extends it belongs to it. */
export interface Step {
  readonly title: string
  /** Resolves to the report of this scenario alone. */
  run(): Promise<SimulationReport>
}

/** A simulation whose scenarios are run when they are asked for, in any order: each is a test of its own. */
export class Stepwise<W> {
  readonly #setup: Setup<W>
  readonly #runner: Runner<W>
  readonly #shard = shardOfProcess()
  readonly #startedMs = realNowMs()
  #course: Course<W> | undefined
  #levels: Levels<W> | undefined
  #dispose: (() => Promise<void>) | undefined
  #steps = 0
  #payloads = 0

  constructor(setup: Setup<W>) {
    this.#setup = setup
    this.#runner = new Runner(setup)
  }

  /** The runs without faults, with a `boot` of their own; resolves to the scenarios, none where the job is wrong already. */
  async begin(): Promise<readonly Step[]> {
    const prepared = await withProbes('testSimulation()', () =>
      this.#runner.during(() => prepare(this.#runner)),
    )
    const { unfaulted, trial, planner, plan, payloads } = prepared
    this.#course = { setup: this.#setup, prepared, startedMs: this.#startedMs }
    const levels = new Levels({
      setup: this.#setup,
      trial,
      planner,
      shard: this.#shard,
      // `budgetMs` bounds a whole, and here each scenario is a test with its own timeout.
      startedMs: Number.POSITIVE_INFINITY,
      afterTurn: () => {},
    })
    this.#levels = levels
    const chosen = levels.choose(plan.scenarios)
    const titles = stepTitles(chosen, unfaulted.end.rootJobId)
    const steps = [
      ...ofShard(payloads, this.#shard).map((payload) => this.#payloadStep(payload, payloads)),
      ...chosen.map((scenario, at) => this.#scenarioStep(titles[at]!, scenario, levels)),
    ]
    this.#steps = steps.length
    return steps
  }

  /** The report of a job that is wrong without any fault. */
  broken(): SimulationReport | undefined {
    const course = this.#course
    return course?.prepared.unfaulted.finding === undefined ? undefined : concludeBroken(course)
  }

  /** Takes away what `boot` made; resolves to the report of all that ran. */
  async end(): Promise<SimulationReport | undefined> {
    const dispose = this.#dispose
    this.#dispose = undefined
    if (dispose !== undefined) await withProbes('testSimulation()', dispose)
    const [course, levels] = [this.#course, this.#levels]
    if (course === undefined || levels === undefined) return undefined
    if (course.prepared.unfaulted.finding !== undefined) return concludeBroken(course)
    const counts = { ...levels.counts('which were not selected'), payloads: this.#payloads }
    return conclude(course, counts, this.#shard)
  }

  #payloadStep(payload: OtherPayload, all: readonly OtherPayload[]): Step {
    const index = all.indexOf(payload)
    const run = async (): Promise<void> => {
      this.#payloads++
      await this.#course!.prepared.trial.runPayload(payload, index)
    }
    return { title: payload.id, run: () => this.#run({ id: payload.id, index }, run) }
  }

  #scenarioStep(title: string, scenario: PlannedScenario, levels: Levels<W>): Step {
    return { title, run: () => this.#run(scenario, () => levels.through(scenario)) }
  }

  #run(scenario: Parameters<Trial<W>['notRun']>[0], body: () => Promise<void>): Promise<SimulationReport> {
    const course = this.#course!
    const { trial } = course.prepared
    const ran = withProbes('testSimulation()', () =>
      this.#runner.holding(async () => {
        this.#dispose ??= await this.#runner.boot()
        const startedMs = realNowMs()
        const before = trial.results.length
        await body()
        const results = trial.results.slice(before)
        const others = this.#steps - 1
        const notCovered = { others: `this test is one of ${this.#steps} scenarios` }
        const left = { notApplicable: {}, notCovered: others > 0 ? notCovered : {}, skipped: others }
        return reportOf({ ...course, startedMs }, results, left)
      }),
    )
    return ran.catch((error: unknown) => {
      trial.notRun(scenario, asError(error))
      if ('strikes' in scenario) this.#levels!.gaveUp()
      throw error
    })
  }
}
