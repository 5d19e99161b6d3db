import type { RaceResult } from '../../model/race.ts'
import { eventLoopTurn, RecordMode } from '../../runtime/index.ts'
import { recordedPoints } from '../recorded.ts'
import type { Runner } from '../run.ts'
import { type Chooser, carryOn } from '../strategies/strategy.ts'
import { hashOf, printToken } from '../token.ts'
import type { RaceSetup } from './race-options.ts'
import { type RaceEnd, type RacePlan, RaceTrial, resultOf } from './race-trial.ts'

/** Runs the races of one exploration and says what came of each. */
export class Explorer<W> {
  readonly #setup: RaceSetup<W>
  readonly #trial: RaceTrial<W>
  #hash = ''

  constructor(runner: Runner<W>, setup: RaceSetup<W>) {
    this.#setup = setup
    this.#trial = new RaceTrial(runner, setup)
  }

  /** One race with one schedule. */
  async one(choose: Chooser): Promise<RaceResult> {
    const mode = new RecordMode()
    const plan: RacePlan = { choose, inner: mode, patient: true }
    const race = await this.#trial.run(plan)
    await eventLoopTurn()
    this.#hash = hashOf(recordedPoints(mode.reached).flatMap(({ file }) => file ?? []))
    return resultOf(race, plan, this.#token(race))
  }

  #token({ schedule }: RaceEnd, suffix = ''): string {
    const { name, seed, nowMs } = this.#setup
    const scenario = `race:${schedule}${suffix}`
    return printToken({ name, scenario, seed, now: new Date(nowMs), hash: this.#hash })
  }
}
void carryOn
