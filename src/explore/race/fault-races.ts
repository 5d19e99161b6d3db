import { families, notInAll } from '../../fault/index.ts'
import { FaultlineError } from '../../model/error.ts'
import type { FaultName, InjectedFault } from '../../model/result.ts'
import type { Session } from '../../perform/index.ts'
import { InjectMode, type Reached } from '../../runtime/index.ts'
import { familiesOf } from '../families.ts'
import type { SimulationOptions } from '../options.ts'
import { type RecordedPoint, recordedPoints } from '../recorded.ts'
import { type PlannedScenario, Planner } from '../scenarios.ts'
import { Bounded } from '../strategies/bounded.ts'
import type { Chooser } from '../strategies/strategy.ts'
import { noteStrike, targetOf } from '../target.ts'
import type { RaceEnd, RacePlan } from './race-trial.ts'

/** What the queue itself does cannot be raced: it decides who starts, and so does the schedule. */
const notInRaces: ReadonlySet<FaultName> = new Set(['duplicate', 'reorder', 'eager', 'exhaust'])

/** The faults of a race; none, unless they are asked for. */
export function raceFaults(chosen: SimulationOptions['faults']): SimulationOptions['faults'] {
  if (chosen === undefined || (Array.isArray(chosen) && chosen.length === 0)) return undefined
  if (chosen === 'all')
    return (Object.keys(families) as FaultName[]).filter(
      (name) => !notInAll.has(name) && !notInRaces.has(name),
    )
  const wrong = familiesOf(chosen).find(({ fault }) => notInRaces.has(fault.name))
  if (wrong === undefined) return chosen
  const allowed = (Object.keys(families) as FaultName[]).filter((name) => !notInRaces.has(name))
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `faults: received '${wrong.fault.name}' for a race; allowed are ${allowed.join(', ')}.`,
    hint: 'What the queue itself does is simulated without a race. A job that is delivered twice at once is redelivery(request).',
  })
}

/** One fault and the schedules that are tried with it. */
interface FaultSearch {
  readonly scenario: PlannedScenario
  readonly bounded: Bounded
}

/** Races in which one fault strikes: each fault with each schedule, those with few preemptions first. */
export class FaultRaces {
  readonly scenarios: readonly PlannedScenario[]
  readonly #searches: readonly FaultSearch[]
  readonly #ran: number[] = []
  #current: FaultSearch | undefined

  /** The faults at the points of the works in series. */
  constructor(options: SimulationOptions, race: RaceEnd, reached: readonly Reached[]) {
    const { session, rootJobId } = race.end
    const facts = ({ point }: RecordedPoint) => ({ ...session.facts.get(point.jobId) })
    const planner = new Planner(options, rootJobId, facts, session.queue)
    this.scenarios = planner.first(recordedPoints(reached)).scenarios
    this.#searches = this.scenarios.map((scenario) => ({ scenario, bounded: new Bounded() }))
  }

  /** The next race; `undefined`: there is none left. */
  next(): RacePlan | undefined {
    let best: FaultSearch | undefined
    let least = Number.POSITIVE_INFINITY
    for (const search of this.#searches) {
      const next = search.bounded.nextPreemptions
      if (next !== undefined && next < least) [best, least] = [search, next]
    }
    this.#current = best
    return best === undefined ? undefined : planWith(best.scenario, best.bounded.next()!)
  }

  /** What came of it. */
  learn({ decisions }: RaceEnd): void {
    const { bounded } = this.#current!
    this.#ran[bounded.preemptions] = (this.#ran[bounded.preemptions] ?? 0) + 1
    bounded.learn(decisions, Number.POSITIVE_INFINITY)
  }

  /** What holds now, in words. */
  get guarantee(): string {
    const levels = this.#searches.flatMap(({ bounded }) => bounded.nextPreemptions ?? [])
    const ran = this.#ran.reduce((sum, count) => sum + count, 0)
    const faults = `one fault at a time, ${this.scenarios.length} of them`
    if (levels.length === 0) return `${faults}: all ${ran} races`
    const complete = Math.min(...levels) - 1
    if (complete < 0) return `${faults}: ${ran} races`
    const upTo = this.#ran.slice(0, complete + 1).reduce((sum, count) => sum + count, 0)
    return `${faults}: complete to ${complete} preemption${complete === 1 ? '' : 's'} (${upTo} races)${ran > upTo ? `, ${ran - upTo} beyond that` : ''}`
  }
}

/** A race in which the fault strikes. */
export function planWith({ id, strikes }: PlannedScenario, choose: Chooser): RacePlan {
  let session: Session | undefined
  const struck = (...[fault, point, delivery]: Parameters<Parameters<typeof targetOf>[2]>): void =>
    noteStrike(session!, fault, point, delivery)
  const targets = strikes.map(({ fault, recorded }) => targetOf(fault, recorded, struck))
  const faults: InjectedFault[] = strikes.map(({ fault, recorded }) => ({
    fault: fault.name,
    point: recorded.point,
  }))
  return {
    choose,
    inner: new InjectMode(targets),
    faults,
    suffix: id,
    started: (begun) => {
      session = begun
    },
    fired: () => targets.every(({ fired }) => fired),
  }
}
