import { type TestContext, test } from 'vitest'
import {
  type Assertions,
  assertRaces,
  exploreSetup,
  pointingAt,
  type RaceOptions,
  raceSetupOf,
  replayedElsewhere,
  testTimeoutMs,
  type Work,
} from '../explore/index.ts'
import { isFaultlineError } from '../model/error.ts'
import { handOverRaces, notRun } from './hand-over.ts'
import { commandOf, testFileOf } from './test-file.ts'

type RaceArguments<W> = [
  name: string,
  works: readonly Work[],
  first?: Assertions<W> | RaceOptions<W>,
  second?: RaceOptions<W> | Assertions<W>,
]

/** Registers races as a test; see {@link testRaces}. */
export interface TestRaces {
  <W = undefined>(...args: RaceArguments<W>): void
  /** Only this one, of its file. */
  only<W = undefined>(...args: RaceArguments<W>): void
  skip<W = undefined>(...args: RaceArguments<W>): void
  todo(name: string, ...rest: unknown[]): void
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

type Registers = (
  name: string,
  options: { timeout: number; retry: number },
  body: (context: TestContext) => Promise<void>,
) => void

function register<W>(registers: Registers, [name, works, first, second]: RaceArguments<W>): void {
  const setup = raceSetupOf<W>(works, first, second, [], name)
  const calledAt = new Error()
  Error.captureStackTrace(calledAt, testRaces)
  registers(name, { timeout: testTimeoutMs(setup.options), retry: 0 }, async (context) => {
    const replayed = replayedElsewhere(setup.name)
    if (replayed !== undefined) context.skip(`FAULTLINE_REPLAY replays '${replayed}'`)
    const signals = [setup.options.signal, context.signal].filter((signal) => signal !== undefined)
    try {
      const options = { ...setup.options, signal: AbortSignal.any(signals) }
      const report = await exploreSetup({ ...setup, options, command: commandOf(context) })
      context.task.meta.faultline = handOverRaces(report, testFileOf(context))
      assertRaces(report)
    } catch (error) {
      context.task.meta.faultline ??= notRun(setup.name)
      throw isFaultlineError(error) ? pointingAt(error, calledAt) : error
    }
  })
}
