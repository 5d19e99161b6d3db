import { type TestContext, test } from 'node:test'
import {
  assertResilient,
  isReplay,
  replayedElsewhere,
  type Setup,
  Stepwise,
  setupOf,
  simulateSetup,
  type TestArguments,
  testTimeoutMs,
  withoutEach,
} from '../explore/index.ts'
import { commandOf } from './command-of.ts'
import { pointed } from './pointed.ts'
import { registeredAt } from './registered-at.ts'

/** Registers a simulation as a test of `node:test`; see {@link testSimulation}. */
export interface NodeTestSimulation {
  <W = undefined>(...args: TestArguments<W>): void
  /** With `node --test-only`, this one and others that are marked so. */
  only<W = undefined>(...args: TestArguments<W>): void
  skip<W = undefined>(...args: TestArguments<W>): void
  todo(name: string, ...rest: unknown[]): void
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

function register<W>(
  mode: { readonly only?: boolean; readonly skip?: boolean },
  given: TestArguments<W>,
): void {
  const { each, args } = withoutEach(given)
  const [name, work, first, second] = args
  const setup = setupOf(work, first, second, name)
  const calledAt = new Error()
  Error.captureStackTrace(calledAt, testSimulation)
  const timeout = testTimeoutMs(setup.options)
  void registeredAt(calledAt)(test, name, { timeout, ...mode }, async (context: TestContext) => {
    const replayed = replayedElsewhere(setup.name)
    if (replayed !== undefined) {
      context.skip(`FAULTLINE_REPLAY replays '${replayed}'`)
      return
    }
    const signals = [setup.options.signal, context.signal].filter((signal) => signal !== undefined)
    const whole = {
      ...setup,
      options: { ...setup.options, signal: AbortSignal.any(signals) },
      command: commandOf(context),
    }
    // A replay is of one scenario: it needs no test for each.
    if (each && !isReplay()) await eachScenario(whole, context, { timeout, calledAt })
    else await pointed(calledAt, async () => void assertResilient(await simulateSetup(whole)))
  })
}

async function eachScenario<W>(
  setup: Setup<W>,
  context: TestContext,
  { timeout, calledAt }: { readonly timeout: number; readonly calledAt: Error },
): Promise<void> {
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
