import picomatch from 'picomatch'
import type { Fault, JobFacts } from '../fault/index.ts'
import type { Point } from '../model/point.ts'
import type { QueueAdapter } from '../queue/port.ts'
import { plural } from '../report/words.ts'
import { type Family, familiesOf } from './families.ts'
import type { SimulationOptions } from './options.ts'
import type { RecordedPoint } from './recorded.ts'
import { faultId } from './scenario-id.ts'
import { inOrderOfStrikes } from './strike-order.ts'

/** One fault at one point. */
export interface PlannedStrike {
  readonly id: string
  readonly fault: Fault
  readonly recorded: RecordedPoint
}

/** A set of faults, in the order in which they strike. */
export interface PlannedScenario {
  readonly id: string
  readonly strikes: readonly PlannedStrike[]
  /** Its place in the whole plan, also where only a shard of it is run. */
  readonly index: number
}

/** Where what extends the scenarios of one fault stands in the plan: behind all of those, in their order. */
const levelSize = 1e12
const extensionsMax = 1e6

type Unplaced = Omit<PlannedScenario, 'index'>

/** What is to be run, and what is not, with the reasons. */
export interface Plan {
  readonly scenarios: readonly PlannedScenario[]
  readonly notApplicable: Record<string, string>
  readonly notCovered: Record<string, string>
  readonly skipped: number
}

/** The options that choose scenarios. */
export type ScenarioOptions = Pick<SimulationOptions, 'faults' | 'errors' | 'points' | 'hits'>

/** Chooses the scenarios: every chosen fault at every chosen hit of every point, and each set of them once. */
export class Planner {
  readonly #options: ScenarioOptions
  readonly #rootJobId: string
  readonly #families: readonly Family[]
  readonly #planned = new Set<string>()
  /** How many there are of each level and first fault. */
  readonly #extensions = new Map<number, number>()
  readonly #facts: (recorded: RecordedPoint) => JobFacts
  readonly #queue: QueueAdapter

  constructor(
    options: ScenarioOptions,
    rootJobId: string,
    facts: (recorded: RecordedPoint) => JobFacts,
    queue: QueueAdapter,
  ) {
    this.#queue = queue
    this.#facts = facts
    this.#options = options
    this.#rootJobId = rootJobId
    this.#families = familiesOf(options.faults)
  }

  /** One fault each, at the points of the run without faults; counted `from` there. */
  first(points: readonly RecordedPoint[], from = 0): Plan {
    const { chosen, taken } = this.#choose(inOrderOfStrikes(points))
    const scenarios = this.#extend([], taken).map((scenario, at) => ({ ...scenario, index: from + at }))
    return {
      scenarios,
      notApplicable: this.#notApplicable(taken),
      notCovered: notCoveredOf(points, chosen, taken, this.#options),
      skipped: this.#count(chosen) - scenarios.length,
    }
  }

  /** One fault more, at the points that were reached after the last one struck. */
  next(scenario: PlannedScenario, after: readonly RecordedPoint[]): PlannedScenario[] {
    const { strikes, index } = scenario
    const first = strikes.length === 1 ? index : Math.floor((index % levelSize) / extensionsMax)
    const level = strikes.length * levelSize + first * extensionsMax
    return this.#extend(strikes, this.#choose(after).taken).map((further) => {
      const at = this.#extensions.get(level) ?? 0
      this.#extensions.set(level, at + 1)
      return { ...further, index: level + at }
    })
  }

  #choose(points: readonly RecordedPoint[]): { chosen: RecordedPoint[]; taken: RecordedPoint[] } {
    const wanted = pointFilter(this.#options.points)
    const chosen = points.filter(({ point }) => wanted(point))
    const hits = this.#options.hits ?? 'edges'
    return { chosen, taken: chosen.filter((recorded) => isTaken(recorded, hits)) }
  }

  #extend(strikes: readonly PlannedStrike[], points: readonly RecordedPoint[]): Unplaced[] {
    const scenarios: Unplaced[] = []
    for (const recorded of points) {
      for (const { label, fault } of this.#families) {
        if (!isSite(fault, recorded) || this.#obstacle(fault, recorded) !== undefined) continue
        if (strikes.some((strike) => repeats(strike, fault, recorded))) continue
        const all = [...strikes, { fault, recorded, id: faultId(label, recorded.point, this.#rootJobId) }]
        const id = all.map((strike) => strike.id).join('+')
        const set = all
          .map((strike) => strike.id)
          .sort()
          .join('+')
        if (this.#planned.has(set)) continue
        this.#planned.add(set)
        scenarios.push({ id, strikes: all })
      }
    }
    return scenarios
  }

  #obstacle(fault: Fault, recorded: RecordedPoint): string | undefined {
    if (!this.#queueCan(fault)) return `the ${this.#queue.kind} queue cannot do this`
    const { point, dueNow } = recorded
    const facts = dueNow === undefined ? this.#facts(recorded) : { ...this.#facts(recorded), dueNow }
    return fault.obstacle(point, this.#options.errors ?? 'where-possible', facts)
  }

  #queueCan({ needs }: Fault): boolean {
    return needs === undefined || this.#queue[needs] !== undefined
  }

  #count(points: readonly RecordedPoint[]): number {
    return points.flatMap((recorded) =>
      this.#families.filter(
        ({ fault }) => isSite(fault, recorded) && this.#obstacle(fault, recorded) === undefined,
      ),
    ).length
  }

  #notApplicable(points: readonly RecordedPoint[]): Record<string, string> {
    const notApplicable: Record<string, string> = {}
    for (const { label, fault } of this.#families) {
      const obstacles = new Map<string, number>()
      const sites = points.filter((recorded) => isSite(fault, recorded))
      for (const recorded of sites) {
        const obstacle = this.#obstacle(fault, recorded)
        if (obstacle !== undefined) obstacles.set(obstacle, (obstacles.get(obstacle) ?? 0) + 1)
      }
      if (!this.#queueCan(fault)) notApplicable[label] = `the ${this.#queue.kind} queue cannot do this`
      else if (obstacles.size > 0) notApplicable[label] = obstaclesInWords(obstacles, sites.length)
      else if (sites.length === 0 && points.length > 0)
        notApplicable[label] = fault.nowhere ?? 'no point of its kind was reached'
    }
    return notApplicable
  }
}

function isSite({ sites, permanent }: Fault, { point, hook }: RecordedPoint): boolean {
  if (permanent && hook) return false
  if (sites === undefined) return point.kind !== 'start'
  return typeof sites === 'function' ? sites(point) : sites.includes(point.kind)
}

/** What never goes away would strike there anyway. */
function repeats(strike: PlannedStrike, fault: Fault, { point }: RecordedPoint): boolean {
  const before = strike.recorded.point
  return (
    strike.fault.permanent === true &&
    strike.fault.name === fault.name &&
    before.jobId === point.jobId &&
    before.key === point.key
  )
}

function isTaken({ point, hits }: RecordedPoint, wanted: 'edges' | 'all' | number): boolean {
  if (wanted === 'all') return true
  if (wanted === 'edges') return point.hit <= 3 || point.hit === hits
  return point.hit <= wanted
}

function pointFilter(points: SimulationOptions['points']): (point: Point) => boolean {
  if (points === undefined) return () => true
  if (typeof points === 'function') return points
  const matches = picomatch(typeof points === 'string' ? points : [...points])
  return (point) => point.file !== '' && matches(point.file)
}

function notCoveredOf(
  all: readonly RecordedPoint[],
  chosen: readonly RecordedPoint[],
  taken: readonly RecordedPoint[],
  options: ScenarioOptions,
): Record<string, string> {
  const notCovered: Record<string, string> = {}
  if (chosen.length < all.length) {
    notCovered.points = `${all.length - chosen.length} of ${all.length} points, which the option \`points\` leaves out`
  }
  if (taken.length < chosen.length) {
    const which =
      typeof options.hits === 'number' ? `the first ${options.hits}` : 'the first, second, third and last'
    notCovered.hits = `${plural(chosen.length - taken.length, 'hit')} beyond ${which} of a place; hits: 'all' takes them in`
  }
  return notCovered
}

function obstaclesInWords(obstacles: ReadonlyMap<string, number>, points: number): string {
  return [...obstacles].map(([obstacle, count]) => `${obstacle} (${count} of ${points} points)`).join('; ')
}
