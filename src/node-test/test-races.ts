import { test } from 'node:test'
import {
  assertRaces,
  exploreSetup,
  leftToShard,
  pointed,
  type RaceArguments,
  type RegistersRaces,
  racesTest,
} from '../explore/index.ts'
import { type Mark, oneTest } from './one-test.ts'

/** Registers races as a test of `node:test`; see {@link testRaces}. */
export interface NodeTestRaces extends RegistersRaces {
  /** With `node --test-only`, this one and others that are marked so. */
  only<W = undefined>(...args: RaceArguments<W>): void
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

function register<W>(mark: Mark, args: RaceArguments<W>): void {
  const registration = racesTest(args, testRaces)
  oneTest(mark, registration, (setup, context) =>
    pointed(registration.calledAt, async () => {
      const report = await exploreSetup(setup)
      const why = leftToShard(report)
      if (why === undefined) assertRaces(report)
      else context.skip(why)
    }),
  )
}
