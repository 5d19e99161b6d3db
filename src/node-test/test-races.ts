import { type TestContext, test } from 'node:test'
import {
  type Assertions,
  assertRaces,
  exploreSetup,
  type RaceOptions,
  raceSetupOf,
  replayedElsewhere,
  testTimeoutMs,
  type Work,
} from '../explore/index.ts'
import { commandOf } from './command-of.ts'
import { pointed } from './pointed.ts'
import { registeredAt } from './registered-at.ts'

type RaceArguments<W> = [
  name: string,
  works: readonly Work[],
  first?: Assertions<W> | RaceOptions<W>,
  second?: RaceOptions<W> | Assertions<W>,
]

/** Registers races as a test of `node:test`; see {@link testRaces}. */
export interface NodeTestRaces {
  <W = undefined>(...args: RaceArguments<W>): void
  /** With `node --test-only`, this one and others that are marked so. */
  only<W = undefined>(...args: RaceArguments<W>): void
  skip<W = undefined>(...args: RaceArguments<W>): void
  todo(name: string, ...rest: unknown[]): void
}

/**
 * One test of `node:test` for the races of some works; a failure shows the first schedule that goes wrong.
 *
 * @example
 * ```ts
 * const charge = chargeJob.with({ orderId: 7 })
 * testRaces('charged once', [charge, redelivery(charge)], { setup: freshWorld }, (run, world) => {
 *   assert.equal(world.charges.length, 1)
 * })
 * ```
 * @throws when registered: FaultlineError `FAULTLINE_BAD_OPTION`. The test fails with a RaceError.
 */
export const testRaces: NodeTestRaces = Object.assign(<W>(...args: RaceArguments<W>) => register({}, args), {
  only: <W>(...args: RaceArguments<W>) => register({ only: true }, args),
  skip: <W>(...args: RaceArguments<W>) => register({ skip: true }, args),
  todo: (name: string) => void test(name, { todo: true }),
})

function register<W>(
  mode: { readonly only?: boolean; readonly skip?: boolean },
  [name, works, first, second]: RaceArguments<W>,
): void {
  const setup = raceSetupOf<W>(works, first, second, [], name)
  const calledAt = new Error()
  Error.captureStackTrace(calledAt, testRaces)
  const timeout = testTimeoutMs(setup.options)
  void registeredAt(calledAt)(test, name, { timeout, ...mode }, async (context: TestContext) => {
    const replayed = replayedElsewhere(setup.name)
    if (replayed !== undefined) {
      context.skip(`FAULTLINE_REPLAY replays '${replayed}'`)
      return
    }
    const signals = [setup.options.signal, context.signal].filter((signal) => signal !== undefined)
    const options = { ...setup.options, signal: AbortSignal.any(signals) }
    const whole = { ...setup, options, command: commandOf(context) }
    await pointed(calledAt, async () => void assertRaces(await exploreSetup(whole)))
  })
}
