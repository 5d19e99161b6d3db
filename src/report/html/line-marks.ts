import type { FaultName, SimulationData } from '../../model/result.ts'
import { inSource, siteOf } from '../place.ts'
import type { Mark } from '../verdicts.ts'
import { markOf } from './filter.ts'
import { worse } from './marks.ts'

/** What one family of faults did on one line. */
export interface FamilyMark {
  mark: Mark
  /** Positions in `scenarios`. */
  readonly scenarios: number[]
}

/** By file, line and fault: the worst outcome, and the scenarios that struck there. */
export type LineMarks = ReadonlyMap<string, ReadonlyMap<number, ReadonlyMap<FaultName, FamilyMark>>>

/** Every scenario on the line that answers for its point; one of several faults on each of their lines. */
export function lineMarksOf({ scenarios }: Pick<SimulationData, 'scenarios'>): LineMarks {
  const files = new Map<string, Map<number, Map<FaultName, FamilyMark>>>()
  scenarios.forEach(({ faults, outcome }, position) => {
    const mark = markOf(outcome)
    for (const { fault, point } of faults) {
      const site = siteOf(point)
      if (!inSource(site)) continue
      const lines = getOrMake(files, site.file, () => new Map())
      const families = getOrMake(lines, site.line, () => new Map<FaultName, FamilyMark>())
      const family = getOrMake(families, fault, (): FamilyMark => ({ mark, scenarios: [] }))
      family.mark = worse(family.mark, mark)
      family.scenarios.push(position)
    }
  })
  return files
}

/** The faults of a simulation, in the order in which they first struck. */
export function faultsOf({ scenarios }: Pick<SimulationData, 'scenarios'>): FaultName[] {
  const names = new Set<FaultName>()
  for (const { faults } of scenarios) for (const { fault } of faults) names.add(fault)
  return [...names]
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
