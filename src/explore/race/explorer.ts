import { FaultlineError } from '../../model/error.ts'
import type { RaceData, RaceResult } from '../../model/race.ts'
import { checks } from '../../oracle/index.ts'
import type { Session } from '../../perform/index.ts'
import { progressLine } from '../../report/progress.ts'
import { eventLoopTurn, type FileRecord, followBranches, RecordMode, realNowMs } from '../../runtime/index.ts'
import { noPoints } from '../no-points.ts'
import type { Runner } from '../run.ts'
import {
  type Chooser,
  countSchedules,
  followSchedule,
  type Strategy,
  strategyOf,
} from '../strategies/index.ts'
import { carryOn } from '../strategies/strategy.ts'
import { changedSource, hashOf, printToken, type Token } from '../token.ts'
import { LineRecorder } from './line-recorder.ts'
import { minimise } from './minimise.ts'
import { budgetDefault, type RaceSetup } from './race-options.ts'
import { type RaceEnd, type RacePlan, RaceTrial, resultOf } from './race-trial.ts'
import { SerialStates, serialOrder } from './serial.ts'

/** Real time after which the event loop gets a turn between two races. */
const turnMs = 10
/** Failures that are run a second time and told with their lines. */
const toldMax = 3
/** With `snapshot` all orders of so many works run first. */
const ordersMax = 5

/** Runs the races of one exploration and says what came of each. */
export class Explorer<W> {
  readonly #setup: RaceSetup<W>
  readonly #trial: RaceTrial<W>
  readonly #serial: SerialStates
  readonly #startedMs = realNowMs()
  readonly #races: RaceResult[] = []
  #files: ReadonlySet<FileRecord> = new Set()
  #steps: number[] = []
  #wrongInSeries = false
  /** Races whose rejections the event loop has not reported yet. */
  #recent: { readonly position: number; readonly session: Session }[] = []

  constructor(runner: Runner<W>, setup: RaceSetup<W>) {
    this.#setup = setup
    this.#trial = new RaceTrial(runner, setup)
    this.#serial = new SerialStates(setup.options.mask ?? [])
    const { length } = setup.entries
    if (setup.options.snapshot !== undefined && length > ordersMax) throw tooManyOrders(length)
  }

  /** One race with one schedule. */
  one(choose: Chooser): Promise<RaceResult> {
    return this.#during(async () => {
      if (this.#setup.options.snapshot !== undefined) {
        await this.#first()
        await this.#orders()
      }
      const { race, plan, files } = await this.#record(choose, true)
      this.#reach(files, race)
      this.#take(race, plan)
      await eventLoopTurn()
      this.#lookBack()
      return this.#races.at(-1)!
    })
  }

  /** Schedule after schedule, as far as the budget goes. */
  explore(): Promise<RaceData> {
    return this.#during(async () => {
      const { strategy: chosen = 'auto', snapshot, budget = budgetDefault } = this.#setup.options
      const first = await this.#first()
      const needsOrders = snapshot !== undefined
      const course = { steps: this.#steps, budget, seed: this.#setup.seed, needsOrders }
      const strategy = strategyOf(chosen, course)
      strategy.next()
      this.#learn(strategy, first)
      await this.#run(strategy, budget)
      await this.#tell()
      return this.#data(strategy.guarantee)
    })
  }

  /** The one race that the token names. */
  replay(token: Token): Promise<RaceData> {
    return this.#during(async () => {
      await this.#first()
      const hash = hashOf(this.#files)
      if (hash !== token.hash) throw changedSource(token, hash)
      if (this.#setup.options.snapshot !== undefined) await this.#orders()
      this.#races.length = 0
      const { race, plan } = await this.#record(followSchedule(token.scenario.slice('race:'.length)))
      this.#races.push(this.#judged(race, plan))
      await this.#tell()
      return this.#data({ text: 'FAULTLINE_REPLAY runs this one schedule', exhaustive: false })
    })
  }

  async #during<T>(body: () => Promise<T>): Promise<T> {
    const unfollow = followBranches()
    try {
      return await body()
    } finally {
      unfollow()
      await this.#trial.close()
    }
  }

  /** The works one after the other, as they are listed: what they are, and that there is something to test. */
  async #first(): Promise<RaceEnd> {
    const { race, plan, files } = await this.#record(carryOn, true)
    this.#reach(files, race)
    this.#steps = this.#setup.entries.map(
      (_, index) => race.decisions.chosen.filter((chosen) => chosen === index).length,
    )
    this.#take(race, plan)
    return race
  }

  /** What a race went through; what goes through nothing cannot be raced. */
  #reach(files: ReadonlySet<FileRecord>, { finding }: RaceEnd): void {
    if (files.size === 0 && finding === undefined) throw noPoints(this.#setup)
    this.#files = files
  }

  async #run(strategy: Strategy, budget: number): Promise<void> {
    const { budgetMs = Number.POSITIVE_INFINITY, onProgress, signal, name } = this.#setup.options
    const line = progressLine()
    let turnAtMs = realNowMs() + turnMs
    while (!this.#wrongInSeries && realNowMs() - this.#startedMs <= budgetMs) {
      if (signal?.aborted) throw aborted(signal.reason, this.#races.length)
      const choose = strategy.next()
      if (choose === undefined) break
      const plan = { choose }
      const race = await this.#trial.run(plan).catch((error: unknown) => {
        throw signal?.aborted && error === signal.reason ? aborted(error, this.#races.length) : error
      })
      this.#take(race, plan)
      this.#learn(strategy, race)
      onProgress?.(this.#races.length, budget)
      if (realNowMs() < turnAtMs) continue
      line.update(this.#races.length, budget, name ?? this.#setup.name, this.#races.some(isFailure))
      await eventLoopTurn()
      this.#lookBack()
      turnAtMs = realNowMs() + turnMs
    }
    line.done()
    await eventLoopTurn()
    this.#lookBack()
  }

  #learn(strategy: Strategy, { decisions }: RaceEnd): void {
    const failed = isFailure(this.#races.at(-1)!)
    strategy.learn(decisions, failed)
  }

  /** All orders of the works. */
  async #orders(): Promise<void> {
    const { seed } = this.#setup
    const course = { steps: this.#steps, budget: Number.MAX_SAFE_INTEGER, seed, needsOrders: true }
    const strategy = strategyOf({ preemptions: 0 }, course)
    for (let choose = strategy.next(); choose !== undefined; choose = strategy.next()) {
      const plan = { choose }
      const race = await this.#trial.run(plan)
      this.#take(race, plan)
      this.#learn(strategy, race)
    }
  }

  async #record(
    choose: Chooser,
    looksForChildren = false,
  ): Promise<{ race: RaceEnd; plan: RacePlan; files: ReadonlySet<FileRecord> }> {
    let mode = new RecordMode()
    const again = (): Partial<RacePlan> => ({ inner: (mode = new RecordMode()), looksForChildren: false })
    const plan: RacePlan = { choose, inner: mode, patient: true, looksForChildren, again }
    const race = await this.#trial.run(plan)
    const files = new Set<FileRecord>()
    for (const { file } of mode.reached) if (file !== undefined) files.add(file)
    return { race, plan, files }
  }

  #take(race: RaceEnd, plan: RacePlan): void {
    const result = this.#judged(race, plan)
    this.#races.push(result)
    if (result.outcome === 'failed') {
      if (serialOrder(race.schedule) !== undefined && result.blocked.length === 0) this.#wrongInSeries = true
    } else this.#recent.push({ position: this.#races.length - 1, session: race.end.session })
  }

  #judged(race: RaceEnd, plan: RacePlan): RaceResult {
    const { snapshot } = this.#setup.options
    let { finding } = race
    if (finding === undefined && snapshot !== undefined) {
      const order = serialOrder(race.schedule)
      if (order !== undefined && race.blocked.length === 0) this.#serial.add(order, race.end.snapshot)
      finding = this.#serial.compare(race.end.snapshot)
    }
    return resultOf({ ...race, finding }, plan, this.#token(race.schedule))
  }

  /** What was rejected and never handled comes to light with a turn of the event loop. */
  #lookBack(): void {
    if (this.#setup.options.checks?.rejections !== false) {
      for (const { position, session } of this.#recent) {
        const { queue, deliveries } = session
        const finding = checks.rejections({ queue, deliveries })
        if (finding === undefined || finding instanceof Promise) continue
        this.#races[position] = { ...this.#races[position]!, outcome: 'failed', ...finding }
      }
    }
    this.#recent = []
  }

  /** The first failures are run again: with their lines, and for what fails only once. */
  async #tell(): Promise<void> {
    const told = new Set<string>()
    for (const [position, result] of this.#races.entries()) {
      if (!isFailure(result) || told.size >= toldMax) continue
      const cause = causeOf(result)
      if (told.has(cause)) continue
      told.add(cause)
      const least = await minimise(result, (schedule) => this.#again(schedule))
      const again = await this.#again(least.schedule)
      this.#races[position] =
        again.outcome === 'survived'
          ? { ...result, outcome: 'flaky' }
          : { ...again, timeline: again.timeline }
    }
  }

  async #again(schedule: string): Promise<RaceResult> {
    const recorder = new LineRecorder()
    const plan: RacePlan = { choose: followSchedule(schedule), inner: recorder, patient: true }
    const race = await this.#trial.run(plan)
    return { ...this.#judged(race, plan), lines: recorder.lines(race.decisions.chosen) }
  }

  #token(schedule: string): string {
    const { name, seed, nowMs } = this.#setup
    const scenario = `race:${schedule}`
    return printToken({ name, scenario, seed, now: new Date(nowMs), hash: hashOf(this.#files) })
  }

  #data(guarantee: { readonly text: string; readonly exhaustive: boolean }): RaceData {
    const { name, entries, seed, nowMs, command, options } = this.#setup
    const count = (outcome: RaceResult['outcome']): number =>
      this.#races.filter((race) => race.outcome === outcome).length
    const where = options.granularity === 'line' ? 'at first-party awaits and lines' : 'at first-party awaits'
    const [file] = this.#files
    return {
      name,
      members: entries.map((entry, index) => ({ letter: String.fromCharCode(65 + index), name: entry.name })),
      steps: this.#steps,
      races: this.#races,
      failures: this.#races.filter(isFailure),
      wrongInSeries: this.#wrongInSeries,
      root: file?.root ?? process.cwd(),
      ...(command === undefined ? undefined : { command }),
      summary: {
        schedules: String(countSchedules(this.#steps)),
        run: this.#races.length,
        survived: count('survived'),
        failed: count('failed'),
        flaky: count('flaky'),
        deadlocks: this.#races.filter(({ reason }) => reason === 'deadlock').length,
        guarantee: this.#wrongInSeries
          ? 'none: it is wrong where the works run one after the other'
          : `${guarantee.text}, ${where}; library calls atomic`,
        exhaustive: guarantee.exhaustive && !this.#wrongInSeries,
        seed,
        now: new Date(nowMs).toISOString(),
        durationMs: realNowMs() - this.#startedMs,
      },
    }
  }
}

function isFailure({ outcome }: RaceResult): boolean {
  return outcome === 'failed' || outcome === 'flaky'
}

/** What failures share that have one cause. */
export function causeOf({ reason, error }: RaceResult): string {
  return `${reason}: ${error?.message.split('\n', 1)[0] ?? ''}`
}

function aborted(reason: unknown, done: number): FaultlineError {
  return new FaultlineError('FAULTLINE_ABORTED', {
    message: `The races were cancelled after ${done} schedules.`,
    cause: reason,
  })
}

function tooManyOrders(works: number): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `snapshot: received with ${works} works; allowed are up to ${ordersMax}, since all their orders have to run first.`,
    hint: 'Judge the final state by assertions, or race fewer works.',
  })
}
