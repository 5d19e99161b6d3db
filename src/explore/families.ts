import { defaultFamilies, type Fault, families, isFault, notInAll } from '../fault/index.ts'
import { FaultlineError } from '../model/error.ts'
import type { FaultName } from '../model/result.ts'
import { describe } from '../queue/describe.ts'
import { bad, kind, unknownName } from './bad-option.ts'
import type { SimulationOptions } from './options.ts'

/** A family to run: a fault, and the word that names it in ids. */
export interface Family {
  readonly label: string
  readonly fault: Fault
}

/** The families that were chosen. */
export function familiesOf(chosen: SimulationOptions['faults']): Family[] {
  const names =
    chosen === undefined
      ? defaultFamilies
      : chosen === 'all'
        ? (Object.keys(families) as FaultName[]).filter((name) => !notInAll.has(name))
        : chosen
  if (!Array.isArray(names) || names.length === 0) {
    throw bad(
      `faults: received ${kind(chosen)}; allowed are 'all' and a list of at least one of ${Object.keys(families).join(', ')}, or faults such as crash().`,
    )
  }
  const seen = new Map<string, number>()
  const faults = names.flatMap((given: FaultName | Fault) => (isFault(given) ? [given] : makeFamily(given)))
  return faults.map((fault) => {
    const name = fault.variant === undefined ? fault.name : `${fault.name}:${fault.variant}`
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return { label: count === 1 ? name : `${name}~${count}`, fault }
  })
}

function makeFamily(name: unknown): readonly Fault[] {
  const make =
    typeof name === 'string' && Object.hasOwn(families, name) ? families[name as FaultName] : undefined
  if (make !== undefined) return make()
  if (typeof name === 'string') throw unknownName('fault', name, Object.keys(families))
  throw bad(
    `faults: received ${describe(name)} in the list; allowed are the names ${Object.keys(families).join(', ')}, and faults that were made, such as crash().`,
  )
}

/** What never goes away kills the job: somebody must say what is right then. */
export function checkWhenDead(faults: readonly Fault[], whenDead: unknown): void {
  if (whenDead !== undefined || !faults.some(({ permanent }) => permanent)) return
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message:
      "The fault 'exhaust' needs the option `whenDead`: it kills the job for good, and neither assertions nor snapshot judge that.",
    hint: 'whenDead: (run, world) => …, a function that fails unless the job left everything as it promises for its death.',
  })
}
