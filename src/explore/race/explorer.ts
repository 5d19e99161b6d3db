import { FaultlineError } from '../../model/error.ts'
import type { RaceData, RaceResult } from '../../model/race.ts'
import { progressLine } from '../../report/progress.ts'
import { eventLoopTurn, type FileRecord, type Reached, RecordMode, realNowMs } from '../../runtime/index.ts'
import { noPoints } from '../no-points.ts'
import type { SimulationOptions } from '../options.ts'
import type { Runner } from '../run.ts'
import type { PlannedScenario } from '../scenarios.ts'
import {
  type Chooser,
  followSchedule,
  type Guarantee,
  type Strategy,
  strategyOf,
} from '../strategies/index.ts'
import { carryOn } from '../strategies/strategy.ts'
import { changedSource, hashOf, noSuchScenario, parseToken, type Token } from '../token.ts'
import { FaultRaces, planWith, raceFaults } from './fault-races.ts'
import { LineRecorder } from './line-recorder.ts'
import { minimise } from './minimise.ts'
import { isFailure, raceData } from './race-data.ts'
import { budgetDefault, type RaceSetup } from './race-options.ts'
import { type RaceEnd, type RacePlan, RaceTrial } from './race-trial.ts'
import { Verdicts } from './verdicts.ts'

/** Real time after which the event loop gets a turn between two races. */
const turnMs = 10
/** Failures that are run a second time and told with their lines. */
const toldMax = 3
/** With `snapshot` all orders of so many works run first. */
const ordersMax = 5

/** What picks the races. */
interface RaceSearch {
  next(): RacePlan | undefined
  learn(race: RaceEnd, failed: boolean): void
}

function searchOf(strategy: Strategy): RaceSearch {
  return {
    next: () => {
      const choose = strategy.next()
      return choose && { choose }
    },
    learn: ({ decisions }, failed) => strategy.learn(decisions, failed),
  }
}

/** Runs the races of one exploration and says what came of each. */
export class Explorer<W> {
  readonly #setup: RaceSetup<W>
  readonly #trial: RaceTrial<W>
  readonly #startedMs = realNowMs()
  readonly #verdicts: Verdicts<W>
  #steps: number[] = []
  #faults: FaultRaces | undefined

  constructor(runner: Runner<W>, setup: RaceSetup<W>) {
    this.#setup = setup
    this.#trial = new RaceTrial(runner, setup)
    this.#verdicts = new Verdicts(setup)
    const { length } = setup.entries
    if (setup.options.snapshot !== undefined && length > ordersMax) throw tooManyOrders(length)
  }

  /** One race with one schedule. */
  one(choose: Chooser): Promise<RaceResult> {
    return this.#trial.during(async () => {
      if (this.#setup.options.snapshot !== undefined) {
        await this.#first()
        await this.#orders()
      }
      const { race, plan, files } = await this.#record(choose, true)
      this.#reach(files, race)
      this.#verdicts.take(race, plan)
      await eventLoopTurn()
      this.#verdicts.lookBack()
      return this.#verdicts.races.at(-1)!
    })
  }

  /** Schedule after schedule, as far as the budget goes. */
  explore(): Promise<RaceData> {
    return this.#trial.during(async () => {
      const { strategy: chosen = 'auto', snapshot, budget = budgetDefault } = this.#setup.options
      const first = await this.#first()
      const needsOrders = snapshot !== undefined
      const faults = this.#faults
      const share = faults === undefined ? budget : Math.ceil(budget / 2)
      const course = { steps: this.#steps, budget: share, seed: this.#setup.seed, needsOrders }
      const strategy = strategyOf(chosen, course)
      const search = searchOf(strategy)
      search.next()
      search.learn(first, isFailure(this.#verdicts.races[0]!))
      await this.#run(search, budget)
      const { guarantee } = strategy
      if (faults === undefined || this.#verdicts.anyFailure) return this.#told(guarantee)
      await this.#run(faults, budget)
      return this.#told({ ...guarantee, text: `${guarantee.text}; ${faults.guarantee}` })
    })
  }

  /** The one race that the token names. */
  replay(token: Token): Promise<RaceData> {
    return this.#trial.during(async () => {
      await this.#first()
      const hash = hashOf(this.#verdicts.files)
      if (hash !== token.hash) throw changedSource(token, hash)
      if (this.#setup.options.snapshot !== undefined) await this.#orders()
      this.#verdicts.races.length = 0
      const plan = this.#planOf(token)
      this.#verdicts.wrongInSeries = false
      this.#verdicts.take(await this.#trial.run({ ...plan, patient: true }), plan)
      await eventLoopTurn()
      this.#verdicts.lookBack()
      await this.#tell(false)
      return this.#data({ text: 'FAULTLINE_REPLAY runs this one schedule', exhaustive: false })
    })
  }

  #planOf(token: Token): RacePlan {
    const [schedule = '', id] = /^race:([A-Z]*)(?:\+(.*))?$/.exec(token.scenario)?.slice(1) ?? []
    const choose = followSchedule(schedule)
    if (id === undefined) return { choose }
    const known = this.#faults?.scenarios ?? []
    const scenario = known.find((one) => one.id === id)
    if (scenario !== undefined) return planWith(scenario, choose)
    throw noSuchScenario(
      token,
      known.map((one) => `race:${schedule}+${one.id}`),
    )
  }

  async #told(guarantee: Guarantee): Promise<RaceData> {
    await this.#tell()
    return this.#data(guarantee)
  }

  /** The works one after the other, as they are listed: what they are, and that there is something to test. */
  async #first(): Promise<RaceEnd> {
    const { race, plan, files, reached } = await this.#record(carryOn, true)
    this.#reach(files, race)
    this.#steps = this.#setup.entries.map(
      (_, index) => race.decisions.chosen.filter((chosen) => chosen === index).length,
    )
    this.#verdicts.take(race, plan)
    const faults = raceFaults(this.#setup.options.faults)
    if (faults !== undefined && !this.#verdicts.wrongInSeries)
      this.#faults = new FaultRaces({ ...this.#setup.options, faults } as SimulationOptions, race, reached)
    return race
  }

  /** What a race went through; what goes through nothing cannot be raced. */
  #reach(files: ReadonlySet<FileRecord>, { finding }: RaceEnd): void {
    if (files.size === 0 && finding === undefined) throw noPoints(this.#setup)
    this.#verdicts.files = files
  }

  /** Race after race, as far as the budget goes. */
  async #run(search: RaceSearch, budget: number): Promise<void> {
    const { budgetMs = Number.POSITIVE_INFINITY, onProgress, signal } = this.#setup.options
    const line = progressLine()
    let turnAtMs = realNowMs() + turnMs
    while (!this.#verdicts.wrongInSeries && this.#verdicts.races.length < budget) {
      if (realNowMs() - this.#startedMs > budgetMs) break
      if (signal?.aborted) throw aborted(signal.reason, this.#verdicts.races.length)
      const plan = search.next()
      if (plan === undefined) break
      const race = await this.#raced(plan)
      search.learn(race, isFailure(this.#verdicts.take(race, plan)))
      onProgress?.(this.#verdicts.races.length, budget)
      if (realNowMs() < turnAtMs) continue
      line.update(this.#verdicts.races.length, budget, this.#setup.name, this.#verdicts.anyFailure)
      await eventLoopTurn()
      this.#verdicts.lookBack()
      turnAtMs = realNowMs() + turnMs
    }
    line.done()
    await eventLoopTurn()
    this.#verdicts.lookBack()
  }

  #raced(plan: RacePlan): Promise<RaceEnd> {
    const { signal } = this.#setup.options
    return this.#trial.run(plan).catch((error: unknown) => {
      throw signal?.aborted && error === signal.reason ? aborted(error, this.#verdicts.races.length) : error
    })
  }

  /** All orders of the works. */
  async #orders(): Promise<void> {
    const { seed } = this.#setup
    const course = { steps: this.#steps, budget: Number.MAX_SAFE_INTEGER, seed, needsOrders: true }
    await this.#run(searchOf(strategyOf({ preemptions: 0 }, course)), Number.MAX_SAFE_INTEGER)
  }

  async #record(
    choose: Chooser,
    looksForChildren = false,
  ): Promise<{
    race: RaceEnd
    plan: RacePlan
    files: ReadonlySet<FileRecord>
    reached: readonly Reached[]
  }> {
    let mode = new RecordMode()
    const again = (): Partial<RacePlan> => ({ inner: (mode = new RecordMode()), looksForChildren: false })
    const plan: RacePlan = { choose, inner: mode, patient: true, looksForChildren, again }
    const race = await this.#raced(plan)
    const files = new Set<FileRecord>()
    for (const { file } of mode.reached) if (file !== undefined) files.add(file)
    return { race, plan, files, reached: mode.reached }
  }

  /** The first failures are run again: with their lines, and for what fails only once. */
  async #tell(reduces = true): Promise<void> {
    const told = new Set<string>()
    for (const [position, result] of this.#verdicts.races.entries()) {
      if (!isFailure(result) || told.size >= toldMax) continue
      const cause = causeOf(result)
      if (told.has(cause)) continue
      told.add(cause)
      const scenario = this.#scenarioOf(result)
      const least = reduces ? await minimise(result, (one) => this.#again(one, scenario)) : result
      const again = await this.#again(least.schedule, scenario)
      this.#verdicts.races[position] = isFailure(again) ? again : { ...result, outcome: 'flaky' }
    }
  }

  #scenarioOf({ faults, replay }: RaceResult): PlannedScenario | undefined {
    if (faults.length === 0) return undefined
    return this.#faults?.scenarios.find(({ id }) => parseToken(replay).scenario.endsWith(`+${id}`))
  }

  async #again(schedule: string, scenario: PlannedScenario | undefined): Promise<RaceResult> {
    const choose = followSchedule(schedule)
    const given: RacePlan = scenario === undefined ? { choose } : planWith(scenario, choose)
    const recorder = new LineRecorder(given.inner, () => this.#trial.step)
    const plan: RacePlan = { ...given, inner: recorder, patient: true }
    const race = await this.#raced(plan)
    // What comes after a deadlock is up to the database: it is no part of the schedule.
    const lines = recorder.lines().filter(({ step }) => step < race.schedule.length)
    return { ...this.#verdicts.judge(race, plan), lines }
  }

  #data(guarantee: { readonly text: string; readonly exhaustive: boolean }): RaceData {
    const [file] = this.#verdicts.files
    return raceData(this.#setup, {
      races: this.#verdicts.races,
      steps: this.#steps,
      wrongInSeries: this.#verdicts.wrongInSeries,
      guarantee,
      startedMs: this.#startedMs,
      root: file?.root ?? process.cwd(),
    })
  }
}

/** What failures share that have one cause. */
export function causeOf({ reason, error }: RaceResult): string {
  return `${reason}: ${error?.message.split('\n', 1)[0] ?? ''}`
}

function aborted(reason: unknown, done: number): FaultlineError {
  return new FaultlineError('FAULTLINE_ABORTED', {
    message: `The races were cancelled after ${done} schedule${done === 1 ? '' : 's'}.`,
    cause: reason,
  })
}

function tooManyOrders(works: number): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `snapshot: received with ${works} works; allowed are up to ${ordersMax}, since all their orders have to run first.`,
    hint: 'Judge the final state by assertions, or race fewer works.',
  })
}
