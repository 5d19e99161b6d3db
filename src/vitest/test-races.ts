import { test } from 'vitest'
import {
  assertRaces,
  exploreSetup,
  leftToShard,
  type RaceArguments,
  type RegistersRaces,
  racesTest,
} from '../explore/index.ts'
import { handOverRaces } from './hand-over.ts'
import { oneTest, type Registers } from './one-test.ts'

/** Registers races as a test; see {@link testRaces}. */
export interface TestRaces extends RegistersRaces {
  /** Only this one, of its file. */
  only<W = undefined>(...args: RaceArguments<W>): void
}

/**
 * One test for the races of some works; a failure shows the first schedule that goes wrong. Its timeout follows the work,
 * not Vitest's 5 s, and no retry turns it green.
 *
 * @example
 * ```ts
 * const charge = chargeJob.with({ orderId: 7 })
 * testRaces('charged once', [charge, redelivery(charge)], { setup: freshWorld }, (run, world) => {
 *   expect(world.charges).toHaveLength(1)
 * })
 * ```
 * @throws when registered: FaultlineError `FAULTLINE_BAD_OPTION`. The test fails with a RaceError.
 */
export const testRaces: TestRaces = Object.assign(<W>(...args: RaceArguments<W>) => register(test, args), {
  only: <W>(...args: RaceArguments<W>) => register(test.only, args),
  skip: <W>(...args: RaceArguments<W>) => register(test.skip, args),
  todo: (name: string) => test.todo(name),
})

function register<W>(registers: Registers, args: RaceArguments<W>): void {
  const registration = racesTest(args, testRaces)
  oneTest(registers, registration, {
    run: exploreSetup,
    handOver: handOverRaces,
    assert: assertRaces,
    leftOut: leftToShard,
  })
}
