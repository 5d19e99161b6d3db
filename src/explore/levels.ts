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
  /** Scenarios that other shards run. */
  readonly elsewhere: number
  /** Those of this one. */
  readonly own: number
  /** Those that the sample left out, in every shard alike. */
  readonly sampled: number
  /** These are of one fault, and what extends them comes on top. */
  readonly extended: boolean
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
  /** How many more may be run, by all shards together. */
  #room: number
  #planned = 0
  #sampled = 0
  #ran = 0
  #own = 0
  #elsewhere = 0
  /** The level that was not looked at, since there was no room left. */
  #cutAt: number | undefined
  /** Where each scenario of one fault is asked for on its own: what it may run on top, and what came of that. */
  #share = 0
  #extensions = { found: 0, chosen: 0 }

  constructor({ setup, trial, planner, shard, startedMs, afterTurn }: LevelParts<W>) {
    this.#setup = setup
    this.#trial = trial
    this.#planner = planner
    this.#shard = shard
    this.#startedMs = startedMs
    this.#afterTurn = afterTurn
    this.#room = setup.options.maxScenarios ?? maxScenariosDefault
  }

  /**
   * Scenarios of one fault; then each survivor, extended by the points that came after its last fault. Every shard draws
   * the same sample of a level, and takes its part of it. What a level extends has to be known whole for that: so all
   * but the last are run by every shard, and told by one.
   */
  async run(first: readonly PlannedScenario[]): Promise<LevelCounts> {
    const { depth = 1 } = this.#setup.options
    let level = this.#drawn(first, 0)
    for (let size = 1; level.length > 0; size++) {
      const own = this.#ownOf(level)
      const extend = this.#extends(size)
      const next = await this.level(extend ? level : own, extend, new Set(own))
      level = size < depth ? this.#drawn(next, size) : []
    }
    return this.counts('for which budgetMs left no time')
  }

  /** Those of one fault that are to be run here, each on its own by {@link through}. */
  choose(first: readonly PlannedScenario[]): PlannedScenario[] {
    const chosen = this.#drawn(first, 0)
    this.#share = Math.floor(this.#room / Math.max(1, chosen.length))
    this.#room = this.#share
    return this.#ownOf(chosen)
  }

  /** Runs one scenario of those, and its share of what extends it: the same in whatever order, and in every shard. */
  async through(scenario: PlannedScenario): Promise<void> {
    const { depth = 1 } = this.#setup.options
    this.#room = this.#share
    let level = await this.level([scenario], this.#extends(1))
    for (let size = 2; size <= depth && level.length > 0; size++) {
      const some = sample(level, this.#room, this.#setup.seed + size - 1)
      this.#extensions.found += level.length
      this.#extensions.chosen += some.length
      this.#room -= some.length
      level = await this.level(some, this.#extends(size))
    }
  }

  /** One that was to be run could not be: it is in the report, and not left out of it. */
  gaveUp(): void {
    this.#ran++
  }

  /** Whether scenarios of so many faults are extended. */
  #extends(size: number): boolean {
    const { depth = 1 } = this.#setup.options
    if (size >= depth) return false
    if (this.#room === 0) this.#cutAt = Math.min(this.#cutAt ?? size + 1, size + 1)
    return this.#room > 0
  }

  #drawn(level: readonly PlannedScenario[], at: number): PlannedScenario[] {
    const some = sample(level, this.#room, this.#setup.seed + at)
    this.#planned += level.length
    this.#sampled += level.length - some.length
    this.#room -= some.length
    return some
  }

  #ownOf(level: readonly PlannedScenario[]): PlannedScenario[] {
    const own = ofShard(level, this.#shard)
    this.#own += own.length
    this.#elsewhere += level.length - own.length
    return own
  }

  /** @param unrun why some of what was chosen was not run; continues "3 of 9 scenarios, …" */
  counts(unrun: string): LevelCounts {
    const notCovered: Record<string, string> = {}
    const { found, chosen } = this.#extensions
    const [planned, sampled] = [this.#planned, this.#sampled]
    if (sampled > 0) notCovered.sampled = `sampled ${planned - sampled} of ${planned} scenarios`
    if (found > chosen)
      notCovered.extensions = `${plural(found - chosen, 'scenario')} of several faults, beyond the share of maxScenarios that each test has`
    if (this.#cutAt !== undefined)
      notCovered.depth = `what has ${this.#cutAt} faults or more, for which maxScenarios left no room`
    const mine = this.#own + chosen
    if (mine > this.#ran) notCovered.budget = `${mine - this.#ran} of ${mine} scenarios, ${unrun}`
    const same = this.#trial.pruning?.skipped ?? 0
    if (same > 0)
      notCovered.sameState = `${plural(same, 'scenario')}: the crash left the same state as that of another one, which was run`
    return {
      notCovered,
      sampled,
      elsewhere: this.#elsewhere,
      own: this.#own,
      extended: this.#share > 0 && (this.#setup.options.depth ?? 1) > 1,
      skipped: planned + found - this.#ran + same,
    }
  }

  /**
   * Runs some scenarios; resolves to what extends the survivors, where that is wanted.
   *
   * @param own what is told of; default: all
   */
  async level(
    scenarios: readonly PlannedScenario[],
    extend: boolean,
    own?: ReadonlySet<PlannedScenario>,
  ): Promise<PlannedScenario[]> {
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
        const counts = own?.has(scenario) ?? true
        const after = await trial.run(scenario, extend, counts)
        if (counts) this.#ran++
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
