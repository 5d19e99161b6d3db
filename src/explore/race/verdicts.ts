import type { RaceResult } from '../../model/race.ts'
import { checks } from '../../oracle/index.ts'
import type { Session } from '../../perform/index.ts'
import type { FileRecord } from '../../runtime/index.ts'
import { hashOf, printToken } from '../token.ts'
import { isFailure } from './race-data.ts'
import type { RaceSetup } from './race-options.ts'
import { type RaceEnd, type RacePlan, resultOf } from './race-trial.ts'
import { SerialStates, serialOrder } from './serial.ts'

/** What came of the races so far. */
export class Verdicts<W> {
  readonly races: RaceResult[] = []
  /** The works are wrong one after the other. */
  wrongInSeries = false
  #files: ReadonlySet<FileRecord> = new Set()
  #hash: string | undefined
  #around: readonly [string, string] | undefined
  readonly #setup: RaceSetup<W>
  readonly #serial: SerialStates
  /** Races that came to grief after they had survived. Those that did not are garbage: each is some 100 KB. */
  #troubled: { readonly result: RaceResult; readonly session: Session }[] = []

  constructor(setup: RaceSetup<W>) {
    this.#setup = setup
    this.#serial = new SerialStates(setup.options.mask ?? [])
  }

  /** What the works went through: the token holds their hash. */
  get files(): ReadonlySet<FileRecord> {
    return this.#files
  }

  set files(files: ReadonlySet<FileRecord>) {
    this.#files = files
    this.#hash = undefined
    this.#around = undefined
  }

  get anyFailure(): boolean {
    return this.races.some(isFailure)
  }

  take(race: RaceEnd, plan: RacePlan): RaceResult {
    const result = this.judge(race, plan)
    this.races.push(result)
    if (isFailure(result)) {
      const isSerial = serialOrder(race.schedule) !== undefined && result.blocked.length === 0
      this.wrongInSeries ||= isSerial && plan.suffix === undefined
    } else this.#listen(result, race.end.session)
    return result
  }

  /** Rejections that nobody handles are reported by the event loop, later. */
  #listen(result: RaceResult, session: Session): void {
    if (this.#setup.options.checks?.rejections === false) return
    const onTrouble = (): void => void this.#troubled.push({ result, session })
    for (const delivery of session.deliveries) delivery.onTrouble = onTrouble
  }

  /** The result of a race that is not counted. */
  judge(race: RaceEnd, plan: RacePlan): RaceResult {
    const { snapshot } = this.#setup.options
    let { finding } = race
    if (finding === undefined && snapshot !== undefined) {
      const order = plan.suffix === undefined ? serialOrder(race.schedule) : undefined
      if (order !== undefined && race.blocked.length === 0) this.#serial.add(order, race.end.snapshot)
      finding = this.#serial.compare(race.end.snapshot)
    }
    const unfired = plan.fired?.() === false
    const suffix = plan.suffix === undefined || unfired ? '' : `+${plan.suffix}`
    const result = resultOf({ ...race, finding }, plan, this.#token(race.schedule, suffix))
    if (!unfired) return result
    return { ...result, faults: [], ...(finding === undefined ? { outcome: 'unreached' as const } : {}) }
  }

  /** What was rejected and never handled comes to light with a turn of the event loop. */
  lookBack(): void {
    for (const { result, session } of this.#troubled.splice(0)) {
      const position = this.races.indexOf(result)
      const { queue, deliveries } = session
      const finding = checks.rejections({ queue, deliveries })
      if (position < 0 || finding === undefined || finding instanceof Promise) continue
      this.races[position] = { ...result, outcome: 'failed', ...finding }
    }
  }

  #token(schedule: string, suffix: string): string {
    if (suffix !== '') return this.#printed(`race:${schedule}${suffix}`)
    // Letters need no escape: what is around them is printed once.
    this.#around ??= around(this.#printed('race:'))
    return this.#around.join(schedule)
  }

  #printed(scenario: string): string {
    const { name, seed, nowMs } = this.#setup
    this.#hash ??= hashOf(this.#files)
    return printToken({ name, scenario, seed, now: new Date(nowMs), hash: this.#hash })
  }
}

/** What is in front of the end of a token's scenario, and what is after it. */
function around(token: string): readonly [string, string] {
  const at = token.lastIndexOf(' (seed ')
  return [token.slice(0, at), token.slice(at)]
}
