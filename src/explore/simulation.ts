import { realNowMs } from '../runtime/index.ts'
import { type Course, conclude, concludeBroken, reportOf } from './conclude.ts'
import { Levels } from './levels.ts'
import { prepare } from './prepare.ts'
import type { SimulationReport } from './report.ts'
import { Runner } from './run.ts'
import type { Setup } from './run-plan.ts'
import type { PlannedScenario } from './scenarios.ts'
import { ofShard, shardOfProcess } from './shard.ts'
import { changedSource, hashOf, noSuchScenario, type Token } from './token.ts'
import { withProbes } from './with-probes.ts'

/** One simulation: the runs without faults, then every scenario, then the report. */
export class Simulation<W> {
  readonly #setup: Setup<W>
  readonly #token: Token | undefined
  readonly #runner: Runner<W>
  readonly #startedMs = realNowMs()
  readonly #shard = shardOfProcess()
  #told = 0

  constructor(setup: Setup<W>, token: Token | undefined) {
    this.#setup = token === undefined ? setup : { ...setup, seed: token.seed, nowMs: token.now.getTime() }
    this.#token = token
    this.#runner = new Runner(this.#setup)
  }

  run(): Promise<SimulationReport> {
    const explore = async (): Promise<SimulationReport> => {
      const report = await this.#explore()
      this.#tell(report)
      return report
    }
    return withProbes('simulate()', () => this.#runner.during(explore), this.#setup.options.signal)
  }

  async #explore(): Promise<SimulationReport> {
    const [setup, shard, startedMs] = [this.#setup, this.#shard, this.#startedMs]
    const prepared = await prepare(this.#runner)
    const course = { setup, prepared, startedMs }
    const { unfaulted, trial, planner, plan, payloads } = prepared
    if (unfaulted.finding !== undefined) return concludeBroken(course)
    const afterTurn = (): void => this.#tell({ scenarios: trial.results })
    const levels = new Levels({ setup, trial, planner, shard, startedMs, afterTurn })
    if (this.#token !== undefined) return replay(this.#token, course, levels)
    const own = ofShard(payloads, shard)
    for (const payload of own) await trial.runPayload(payload, payloads.indexOf(payload))
    afterTurn()
    const counts = await levels.run(plan.scenarios)
    return conclude(course, { ...counts, payloads: own.length }, shard)
  }

  /** Each result once. */
  #tell({ scenarios }: Pick<SimulationReport, 'scenarios'>): void {
    for (const result of scenarios.slice(this.#told)) this.#setup.onResult?.(result)
    this.#told = scenarios.length
  }
}

/** The one scenario that the token names. */
async function replay<W>(token: Token, course: Course<W>, levels: Levels<W>): Promise<SimulationReport> {
  const { unfaulted, trial, planner, plan, payloads } = course.prepared
  const hash = hashOf(unfaulted.files)
  if (hash !== token.hash) throw changedSource(token, hash)
  let scenarios: readonly PlannedScenario[] = plan.scenarios
  let others = scenarios.length + payloads.length - 1
  const payload = payloads.find(({ id }) => id === token.scenario)
  if (payload !== undefined) await trial.runPayload(payload, payloads.indexOf(payload))
  else {
    let scenario = scenarios.find(({ id }) => id === token.scenario)
    while (scenario === undefined) {
      const part = scenarios.find(({ id }) => token.scenario.startsWith(`${id}+`))
      if (part === undefined) {
        const ids = [...payloads, ...scenarios].map(({ id }) => id)
        throw noSuchScenario(token, ids)
      }
      scenarios = planner.next(part, await trial.explore(part))
      others += scenarios.length
      scenario = scenarios.find(({ id }) => id === token.scenario)
    }
    await levels.level([scenario], false)
  }
  const notCovered = { replay: `FAULTLINE_REPLAY runs this one scenario; ${others} others were not run` }
  return reportOf(course, trial.results, { notApplicable: {}, notCovered, skipped: others })
}
