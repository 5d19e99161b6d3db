import picomatch from 'picomatch'
import type { Fault } from '../fault/index.ts'
import type { Point } from '../model/point.ts'
import { plural } from '../report/words.ts'
import { familiesOf, type SimulationOptions } from './options.ts'
import type { RecordedPoint } from './recorded.ts'
import { faultId } from './scenario-id.ts'

/** One fault at one point. */
export interface PlannedScenario {
  readonly id: string
  readonly fault: Fault
  readonly recorded: RecordedPoint
}

/** What is to be run, and what is not, with the reasons. */
export interface Plan {
  readonly scenarios: readonly PlannedScenario[]
  readonly notApplicable: Record<string, string>
  readonly notCovered: Record<string, string>
  readonly skipped: number
}

/** The options that choose scenarios. */
export type ScenarioOptions = Pick<SimulationOptions, 'faults' | 'errors' | 'points' | 'hits'>

/** Every chosen fault at every chosen hit of every point. */
export function planScenarios(
  points: readonly RecordedPoint[],
  options: ScenarioOptions,
  rootJobId: string,
): Plan {
  const families = familiesOf(options.faults)
  const policy = options.errors ?? 'where-possible'
  const wanted = pointFilter(options.points)
  const chosen = points.filter(({ point }) => wanted(point))
  const hits = options.hits ?? 'edges'
  const taken = chosen.filter((recorded) => isTaken(recorded, hits))
  const scenarios: PlannedScenario[] = []
  const notApplicable: Record<string, string> = {}
  for (const { label, fault } of families) {
    const obstacles = new Map<string, number>()
    for (const { point } of taken) {
      const obstacle = fault.obstacle(point, policy)
      if (obstacle !== undefined) obstacles.set(obstacle, (obstacles.get(obstacle) ?? 0) + 1)
    }
    if (obstacles.size > 0) notApplicable[label] = obstaclesInWords(obstacles, taken.length)
  }
  for (const recorded of taken) {
    for (const { label, fault } of families) {
      if (fault.obstacle(recorded.point, policy) !== undefined) continue
      scenarios.push({ id: faultId(label, recorded.point, rootJobId), fault, recorded })
    }
  }
  const leftOut = chosen.flatMap(({ point }, index) =>
    isTaken(chosen[index]!, hits)
      ? []
      : families.filter(({ fault }) => fault.obstacle(point, policy) === undefined),
  ).length
  return {
    scenarios,
    notApplicable,
    notCovered: notCoveredOf(points, chosen, taken, options),
    skipped: leftOut,
  }
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
