import { describe, test } from 'vitest'
import {
  assertResilient,
  isReplay,
  type RegistersSimulation,
  simulateSetup,
  simulationTest,
  type TestArguments,
} from '../explore/index.ts'
import { eachScenario } from './each-scenario.ts'
import { handOver } from './hand-over.ts'
import { oneTest, type Registers } from './one-test.ts'

/** Registers a simulation as a test; see {@link testSimulation}. */
export interface TestSimulation extends RegistersSimulation {
  /** Only this one, of its file. */
  only<W = undefined>(...args: TestArguments<W>): void
}

/**
 * One test for a simulation; a failure lists every finding. Its timeout follows the work, not Vitest's 5 s.
 *
 * With `each: true`, a suite with one test for each scenario, named by its point and fault
 * (`src/jobs/charge.ts:14 · crash`), and one for the run without faults. That run happens while tests are collected, with
 * `boot` and `setup` only: what it needs must not come from `beforeAll`.
 *
 * @example
 * ```ts
 * testSimulation('charge survives', charge.with({ orderId: 7 }), { setup: freshWorld }, (run, world) => {
 *   expect(world.charges).toHaveLength(1)
 * })
 * ```
 * @throws when registered: FaultlineError `FAULTLINE_BAD_OPTION`. The test fails with a ResilienceError.
 */
export const testSimulation: TestSimulation = Object.assign(
  <W>(...args: TestArguments<W>) => register(test, describe, args),
  {
    only: <W>(...args: TestArguments<W>) => register(test.only, describe.only, args),
    skip: <W>(...args: TestArguments<W>) => register(test.skip, undefined, args),
    todo: (name: string) => test.todo(name),
  },
)

/** @param suites undefined where nothing is to be run, and so nothing is to be collected */
function register<W>(
  registers: Registers,
  suites: ((name: string, body: () => Promise<void>) => void) | undefined,
  args: TestArguments<W>,
): void {
  const registration = simulationTest(args, testSimulation)
  // A replay is of one scenario: it needs no test for each.
  if (registration.each && suites !== undefined && !isReplay())
    suites(registration.name, () => eachScenario(registration))
  else oneTest(registers, registration, { run: simulateSetup, handOver, assert: assertResilient })
}
