import { FaultlineError } from '../model/error.ts'
import type { Assertions, SimulationOptions } from './options.ts'
import type { RaceOptions } from './race/race-options.ts'
import type { Work } from './work.ts'

/** The options of a simulation, and how it is registered. */
export interface TestOptions<W = unknown> extends SimulationOptions<W> {
  /** One test for each scenario, named by its point and fault, and one for the run without faults. */
  readonly each?: boolean
}

/** What testSimulation takes; assertions and options may come in either order. */
export type TestArguments<W> = [
  name: string,
  work: Work,
  first?: Assertions<W> | TestOptions<W>,
  second?: TestOptions<W> | Assertions<W>,
]

/** What testRaces takes; assertions and options may come in either order. */
export type RaceArguments<W> = [
  name: string,
  works: readonly Work[],
  first?: Assertions<W> | RaceOptions<W>,
  second?: RaceOptions<W> | Assertions<W>,
]

/** Takes `each` out of the options; the rest is what simulations know. */
export function withoutEach<W>([name, work, ...rest]: TestArguments<W>): {
  readonly each: boolean
  readonly args: TestArguments<W>
} {
  let each = false
  const plain = rest.map((given) => {
    if (typeof given !== 'object' || given === null || !('each' in given)) return given
    const { each: wanted, ...options } = given
    if (wanted !== undefined && typeof wanted !== 'boolean') {
      throw new FaultlineError('FAULTLINE_BAD_OPTION', {
        message: `each: received ${String(wanted)}; allowed are true and false.`,
      })
    }
    each = wanted === true
    return options
  })
  return { each, args: [name, work, ...plain] as TestArguments<W> }
}

/** A simulation that never ends by itself is ended after this real time, unless `budgetMs` says otherwise. */
const timeoutMsDefault = 600_000
/** What the last scenario, the replay and the report may take beyond `budgetMs`. */
const graceMs = 60_000

/** The timeout of a test that runs a simulation: it follows the work, not the runner's default. */
export function testTimeoutMs({ budgetMs }: Pick<SimulationOptions, 'budgetMs'>): number {
  return budgetMs === undefined ? timeoutMsDefault : budgetMs + graceMs
}
