import { FaultlineError } from '../model/error.ts'
import { progressLine } from '../report/progress.ts'
import { plural } from '../report/words.ts'
import { eventLoopTurn, realNowMs } from '../runtime/index.ts'
import { isFailure } from './report.ts'
import type { Setup } from './run-plan.ts'
import { sample } from './sample.ts'
import type { PlannedScenario, Planner } from './scenarios.ts'
import { ofShard } from './shard.ts'
import type { Trial } from './trial.ts'

const maxScenariosDefault = 10_000
/** Real time after which the event loop gets a turn between two scenarios. */
const turnMs = 10

/** What came of running the levels. */
export interface LevelCounts {
  readonly notCovered: Record<string, string>
  readonly skipped: number
  /** Scenarios of one fault that other shards run. */
  readonly elsewhere: number
  /** Those of this one. */
  readonly own: number
  /** Those of one fault that the sample left out. */
  readonly sampled: number
}

/** What the levels work with. */
export interface LevelParts<W> {
  readonly setup: Setup<W>
  readonly trial: Trial<W>
  readonly planner: Planner
  readonly shard: { readonly index: number; readonly count: number }
  readonly startedMs: number
  /** Called when the outcomes so far are certain. */
  readonly afterTurn: () => void
}

/** Runs scenarios level by level: sets of one fault, of two, and so on. */
export class Levels<W> {
  readonly #setup: Setup<W>
  readonly #trial: Trial<W>
  readonly #planner: Planner
  readonly #shard: LevelParts<W>['shard']
  readonly #startedMs: number
  readonly #afterTurn: () => void
  #room: number
  #planned = 0
  #sampled = 0
  #ran = 0
  #first = { elsewhere: 0, own: 0, sampled: 0 }

  constructor({ setup, trial, planner, shard, startedMs, afterTurn }: LevelParts<W>) {
    this.#setup = setup
    this.#trial = trial
    this.#planner = planner
    this.#shard = shard
    this.#startedMs = startedMs
    this.#afterTurn = afterTurn
    this.#room = setup.options.maxScenarios ?? maxScenariosDefault
  }

  /** All that follows from scenarios of one fault. */
  async run(first: readonly PlannedScenario[]): Promise<LevelCounts> {
    await this.through(this.choose(first))
    return this.counts('for which budgetMs left no time')
  }

  /** Those of one fault that are to be run here. */
  choose(first: readonly PlannedScenario[]): PlannedScenario[] {
    const chosen = sample(first, this.#room, this.#setup.seed)
    // Every shard draws the same sample, and takes its part of it. What extends a scenario stays with it: no other
    // shard meets that set, since its first fault is met first in every order.
    const own = ofShard(chosen, this.#shard)
    this.#planned = first.length
    this.#sampled = first.length - chosen.length
    this.#first = { elsewhere: chosen.length - own.length, own: own.length, sampled: this.#sampled }
    this.#room = Math.floor((this.#room - chosen.length) / this.#shard.count)
    return own
  }

  /** Runs scenarios of one fault; then each survivor, extended by the points that came after its last fault. */
  async through(chosen: readonly PlannedScenario[]): Promise<void> {
    const { depth = 1 } = this.#setup.options
    let level = await this.level(chosen, depth > 1)
    for (let size = 2; size <= depth && level.length > 0; size++) {
      const some = sample(level, this.#room, this.#setup.seed + size - 1)
      this.#planned += level.length
      this.#sampled += level.length - some.length
      this.#room -= some.length
      level = await this.level(some, size < depth)
    }
  }

  /** @param unrun why some of what was chosen was not run; continues "3 of 9 scenarios, …" */
  counts(unrun: string): LevelCounts {
    const notCovered: Record<string, string> = {}
    const chosen = this.#planned - this.#sampled
    if (this.#sampled > 0) notCovered.sampled = `sampled ${chosen} of ${this.#planned} scenarios`
    const mine = chosen - this.#first.elsewhere
    if (mine > this.#ran) notCovered.budget = `${mine - this.#ran} of ${mine} scenarios, ${unrun}`
    const same = this.#trial.pruning?.skipped ?? 0
    if (same > 0)
      notCovered.sameState = `${plural(same, 'scenario')}: the crash left the same state as that of another one, which was run`
    return { ...this.#first, notCovered, skipped: this.#planned - this.#ran + same }
  }

  /** Runs some scenarios; resolves to what extends the survivors, where that is wanted. */
  async level(scenarios: readonly PlannedScenario[], extend: boolean): Promise<PlannedScenario[]> {
    const trial = this.#trial
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
        this.#ran++
        if (extend) next.push(...this.#planner.next(scenario, after))
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
      this.#afterTurn()
      turnAtMs = realNowMs() + turnMs
    }
    line.done()
    await eventLoopTurn()
    await trial.lookBack()
    return next
  }
}

/** The simulation was cancelled: when. */
export function aborted(reason: unknown, when: string): FaultlineError {
  return new FaultlineError('FAULTLINE_ABORTED', {
    message: `The simulation was cancelled ${when}.`,
    cause: reason,
  })
}
