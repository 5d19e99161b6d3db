import { describe, type TestContext, test } from 'vitest'
import {
  assertResilient,
  isReplay,
  pointingAt,
  replayedElsewhere,
  type Setup,
  setupOf,
  simulateSetup,
  type TestArguments,
  testTimeoutMs,
  withoutEach,
} from '../explore/index.ts'
import { isFaultlineError } from '../model/error.ts'
import { eachScenario } from './each-scenario.ts'
import { handOver, notRun } from './hand-over.ts'
import { commandOf, testFileOf } from './test-file.ts'

/** Registers a simulation as a test; see {@link testSimulation}. */
export interface TestSimulation {
  <W = undefined>(...args: TestArguments<W>): void
  /** Only this one, of its file. */
  only<W = undefined>(...args: TestArguments<W>): void
  skip<W = undefined>(...args: TestArguments<W>): void
  todo(name: string, ...rest: unknown[]): void
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

type Registers = (
  name: string,
  options: { timeout: number; retry: number },
  body: (context: TestContext) => Promise<void>,
) => void

/** @param suites undefined where nothing is to be run, and so nothing is to be collected */
function register<W>(
  registers: Registers,
  suites: ((name: string, body: () => Promise<void>) => void) | undefined,
  given: TestArguments<W>,
): void {
  const { each, args } = withoutEach(given)
  const [name, work, first, second] = args
  const setup = setupOf(work, first, second, name)
  const calledAt = new Error()
  Error.captureStackTrace(calledAt, testSimulation)
  const timeout = testTimeoutMs(setup.options)
  // A replay is of one scenario: it needs no test for each.
  if (each && suites !== undefined && !isReplay())
    suites(name, () => eachScenario({ setup, timeout, calledAt }))
  else registers(name, { timeout, retry: 0 }, (context) => whole(setup, calledAt, context))
}

/** All scenarios as one test. */
async function whole<W>(setup: Setup<W>, calledAt: Error, context: TestContext): Promise<void> {
  const replayed = replayedElsewhere(setup.name)
  if (replayed !== undefined) context.skip(`FAULTLINE_REPLAY replays '${replayed}'`)
  const { signal } = setup.options
  const signals = signal === undefined ? context.signal : AbortSignal.any([signal, context.signal])
  try {
    const options = { ...setup.options, signal: signals }
    const report = await simulateSetup({ ...setup, options, command: commandOf(context) })
    context.task.meta.faultline = handOver(report, testFileOf(context))
    assertResilient(report)
  } catch (error) {
    context.task.meta.faultline ??= notRun(setup.name)
    throw isFaultlineError(error) ? pointingAt(error, calledAt) : error
  }
}
