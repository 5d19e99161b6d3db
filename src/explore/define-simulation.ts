import type { ScenarioResult } from '../model/result.ts'
import { startMsOf } from './fresh-queues.ts'
import { checkFirstName } from './option-values.ts'
import type { Assertions, SimulationOptions } from './options.ts'
import type { SimulationReport } from './report.ts'
import { setupOf, simulateSetup } from './simulate.ts'
import type { Work } from './work.ts'

const brand: unique symbol = Symbol.for('faultline.simulation') as never

/** What may differ each time a {@link Simulation} runs. */
export interface SimulationRun {
  /** Ends the run; together with the simulation's own `signal`. */
  readonly signal?: AbortSignal
  /** What runs this simulation again, for the report. */
  readonly command?: string
  readonly onProgress?: (done: number, total: number) => void
  /** Told of each scenario as soon as its outcome is certain. */
  readonly onResult?: (result: ScenarioResult) => void
}

/** A simulation that runs when asked; see {@link defineSimulation}. */
export interface Simulation extends AsyncIterable<ScenarioResult, SimulationReport> {
  readonly [brand]: true
  readonly name: string
  /** With real processes; see `defineWorkers` of `faultline/workers`. */
  readonly processes?: boolean
  /** Runs all of it; as `simulate()`, never throws for a failing scenario. */
  run(how?: SimulationRun): Promise<SimulationReport>
}

/**
 * A simulation for `faultline run`, as the default export of a file. It runs when it is iterated, and yields each
 * scenario's result as it ends; what the iteration returns in the end is the report.
 *
 * @example
 * ```ts
 * export default defineSimulation('charge', charge.with({ orderId: 7 }), { setup: freshWorld }, (run, world) => {
 *   if (world.charges.length !== 1) throw new Error(`${world.charges.length} charges`)
 * })
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`
 */
export function defineSimulation<W = undefined>(
  name: string,
  work: Work,
  first?: Assertions<W> | SimulationOptions<W>,
  second?: SimulationOptions<W> | Assertions<W>,
): Simulation {
  checkFirstName(name, 'defineSimulation(name, work, …)')
  const setup = setupOf(work, first, second, name)
  const { options } = setup
  const run = ({ signal, command, onProgress, onResult }: SimulationRun = {}): Promise<SimulationReport> => {
    const signals = [options.signal, signal].filter((one) => one !== undefined)
    return simulateSetup({
      ...setup,
      nowMs: startMsOf(options),
      options: {
        ...options,
        ...(signals.length === 0 ? undefined : { signal: AbortSignal.any(signals) }),
        onProgress: (done, total) => {
          options.onProgress?.(done, total)
          onProgress?.(done, total)
        },
      },
      ...(command === undefined ? undefined : { command }),
      ...(onResult === undefined ? undefined : { onResult }),
    })
  }
  return makeSimulation(setup.name, run)
}

/** Something that runs when asked, under a name. */
export function makeSimulation(name: string, run: Simulation['run'], processes = false): Simulation {
  const simulation = { [brand]: true, name, run, [Symbol.asyncIterator]: () => iterate(run) } as const
  return processes ? { ...simulation, processes } : simulation
}

/** Whether a value was made by {@link defineSimulation}, of this or another copy of the package. */
export function isSimulation(value: unknown): value is Simulation {
  return typeof value === 'object' && value !== null && brand in value
}

async function* iterate(run: Simulation['run']): AsyncGenerator<ScenarioResult, SimulationReport, undefined> {
  const arrived: ScenarioResult[] = []
  const stop = new AbortController()
  let wake = Promise.withResolvers<void>()
  let ended = false
  const onResult = (result: ScenarioResult): void => {
    arrived.push(result)
    wake.resolve()
  }
  const report = run({ signal: stop.signal, onResult }).finally(() => {
    ended = true
    wake.resolve()
  })
  // Awaited below; until then, a failure is nobody's unhandled rejection.
  report.catch(() => {})
  try {
    for (;;) {
      const [next] = arrived.splice(0, 1)
      if (next !== undefined) yield next
      else if (ended) return await report
      else {
        await wake.promise
        wake = Promise.withResolvers()
      }
    }
  } finally {
    // Who stops iterating wants no more of it.
    if (!ended) {
      stop.abort()
      await report.catch(() => {})
    }
  }
}
