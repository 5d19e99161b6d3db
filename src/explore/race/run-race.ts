import type { RaceResult } from '../../model/race.ts'
import type { Assertions } from '../options.ts'
import { Runner } from '../run.ts'
import { followSchedule } from '../strategies/index.ts'
import { withProbes } from '../with-probes.ts'
import type { Work } from '../work.ts'
import { Explorer } from './explorer.ts'
import { type OneRaceOptions, raceSetupOf } from './race-options.ts'

/**
 * One race: several works at once, each on its own worker, and one schedule: who makes each step. `A` is the first
 * work, `B` the second … A step begins at the start of a delivery, or where something it awaited has settled.
 *
 * @example
 * ```ts
 * const result = await runRace([charge.with({ orderId: 7 }), cancel.with({ orderId: 7 })], { schedule: 'ABAB', setup },
 *   (run, world) => expect(world.orders[7].state).toBe('cancelled'))
 * result.outcome // 'survived' or 'failed'; a failing race does not throw
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION` for works, schedules and options that are none.
 */
export async function runRace<W = undefined>(
  works: readonly Work[],
  first: OneRaceOptions<W> | Assertions<W>,
  second?: Assertions<W> | OneRaceOptions<W>,
): Promise<RaceResult> {
  const setup = raceSetupOf<W>(works, first, second, ['schedule'])
  const runner = new Runner(setup)
  const explorer = new Explorer(runner, setup)
  const { schedule = '' } = setup.options
  const one = (): Promise<RaceResult> => runner.during(() => explorer.one(followSchedule(schedule)))
  return withProbes('runRace()', one, setup.options.signal)
}
