import { type TestContext, test } from 'node:test'
import {
  assertResilient,
  isReplay,
  pointed,
  type RegistersSimulation,
  type Setup,
  Stepwise,
  simulateSetup,
  simulationTest,
  type TestArguments,
  testTimeoutMs,
} from '../explore/index.ts'
import { type Mark, oneTest } from './one-test.ts'
import { registeredAt } from './registered-at.ts'

/** Registers a simulation as a test of `node:test`; see {@link testSimulation}. */
export interface NodeTestSimulation extends RegistersSimulation {
  /** With `node --test-only`, this one and others that are marked so. */
  only<W = undefined>(...args: TestArguments<W>): void
}

/**
 * One test of `node:test` for a simulation; a failure lists every finding. With `each: true`, one subtest for each
 * scenario, named by its point and fault (`src/jobs/charge.ts:14 · crash`), and one for the run without faults.
 *
 * @example
 * ```ts
 * // node --import faultline/register --test
 * testSimulation('charge survives', charge.with({ orderId: 7 }), { setup: freshWorld }, (run, world) => {
 *   assert.equal(world.charges.length, 1)
 * })
 * ```
 * @throws when registered: FaultlineError `FAULTLINE_BAD_OPTION`. The test fails with a ResilienceError.
 */
export const testSimulation: NodeTestSimulation = Object.assign(
  <W>(...args: TestArguments<W>) => register({}, args),
  {
    only: <W>(...args: TestArguments<W>) => register({ only: true }, args),
    skip: <W>(...args: TestArguments<W>) => register({ skip: true }, args),
    todo: (name: string) => void test(name, { todo: true }),
  },
)

function register<W>(mark: Mark, args: TestArguments<W>): void {
  const registration = simulationTest(args, testSimulation)
  const { each, calledAt } = registration
  oneTest(mark, registration, async (setup, context) => {
    // A replay is of one scenario: it needs no test for each.
    if (each && !isReplay()) await eachScenario(setup, context, calledAt)
    else await pointed(calledAt, async () => void assertResilient(await simulateSetup(setup)))
  })
}

async function eachScenario<W>(setup: Setup<W>, context: TestContext, calledAt: Error): Promise<void> {
  const timeout = testTimeoutMs(setup.options)
  const stepwise = new Stepwise(setup)
  const steps = await pointed(calledAt, () => stepwise.begin())
  const register = registeredAt(calledAt)
  const own = context.test.bind(context)
  const subtest = (title: string, body: () => Promise<void>): Promise<void> =>
    register(own, title, { timeout }, body)
  try {
    await subtest('baseline', () =>
      pointed(calledAt, async () => {
        const report = stepwise.broken()
        if (report !== undefined) assertResilient(report)
      }),
    )
    for (const { title, run } of steps)
      await subtest(title, () => pointed(calledAt, async () => void assertResilient(await run())))
  } finally {
    await stepwise.end()
  }
}
