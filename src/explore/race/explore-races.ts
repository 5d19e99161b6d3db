import { environment } from '../../model/environment.ts'
import { FaultlineError } from '../../model/error.ts'
import type { RaceShard } from '../../model/race.ts'
import type { Assertions } from '../options.ts'
import { Runner } from '../run.ts'
import { otherShardOf } from '../shard.ts'
import { parseToken } from '../token.ts'
import { withProbes } from '../with-probes.ts'
import type { Work } from '../work.ts'
import { Explorer } from './explorer.ts'
import { type RaceOptions, type RaceSetup, raceSetupOf } from './race-options.ts'
import { RaceError, type RaceReport, raceReport } from './race-report.ts'

/**
 * Several works at once, schedule after schedule: who runs next is decided after each await, and every final state is
 * judged by the same assertions. The report says what was proven. Never throws for a failing race.
 *
 * @example
 * ```ts
 * const report = await exploreRaces([charge.with({ orderId: 7 }), cancel.with({ orderId: 7 })], { setup },
 *   (run, world) => expect(world.orders[7].state).toBe('cancelled'))
 * report.summary.guarantee // 'all 70 schedules, at first-party awaits; library calls atomic'
 * ```
 * @throws FaultlineError for works and options that are none, and where nothing could be tested (`FAULTLINE_NO_POINTS`).
 */
export async function exploreRaces<W = undefined>(
  works: readonly Work[],
  assertions?: Assertions<W> | RaceOptions<W>,
  options?: RaceOptions<W> | Assertions<W>,
): Promise<RaceReport> {
  return exploreSetup(raceSetupOf<W>(works, assertions, options))
}

/**
 * As {@link exploreRaces}, and throws unless every race survived.
 *
 * @example
 * ```ts
 * await runRaces([charge.with({ orderId: 7 }), redelivery(charge.with({ orderId: 7 }))], { setup },
 *   (run, world) => expect(world.charges).toHaveLength(1))
 * ```
 * @throws RaceError with the `report`; its message is the terminal report.
 */
export async function runRaces<W = undefined>(
  works: readonly Work[],
  assertions?: Assertions<W> | RaceOptions<W>,
  options?: RaceOptions<W> | Assertions<W>,
): Promise<RaceReport> {
  return assertRaces(await exploreRaces(works, assertions, options))
}

/** Throws unless every race of the report survived. */
export function assertRaces(report: RaceReport): RaceReport {
  if (report.failures.length > 0) throw new RaceError(report)
  return report
}

/** Why nothing was run here, where `FAULTLINE_SHARD` leaves the race to another shard. */
export function leftToShard({ summary: { shard, guarantee } }: RaceReport): string | undefined {
  return shard === undefined ? undefined : `FAULTLINE_SHARD: ${guarantee}`
}

/** As {@link exploreRaces}, for options that were checked before. */
export async function exploreSetup<W>(given: RaceSetup<W>): Promise<RaceReport> {
  const { replay } = environment()
  const token = replay === undefined ? undefined : parseToken(replay)
  if (token !== undefined && token.name !== given.name) return skipped(given, token.name)
  const elsewhere = token === undefined ? otherShardOf(given.name) : undefined
  if (elsewhere !== undefined) return ofOtherShard(given, elsewhere)
  const setup = token === undefined ? given : { ...given, seed: token.seed, nowMs: token.now.getTime() }
  if (token !== undefined && !token.scenario.startsWith('race:')) {
    throw new FaultlineError('FAULTLINE_REPLAY', {
      message: `'${token.name}' is a race: received the scenario '${token.scenario}'; allowed is a schedule such as 'race:AABAB'.`,
    })
  }
  const runner = new Runner(setup)
  const explorer = new Explorer(runner, setup)
  const explore = async (): Promise<RaceReport> =>
    raceReport(await (token === undefined ? explorer.explore() : explorer.replay(token)))
  return withProbes('exploreRaces()', () => runner.during(explore), setup.options.signal)
}

function skipped<W>(setup: RaceSetup<W>, replayed: string): RaceReport {
  process.stderr.write(`faultline: '${setup.name}' is skipped, FAULTLINE_REPLAY replays '${replayed}'\n`)
  return notRunHere(setup, `skipped: FAULTLINE_REPLAY replays '${replayed}'`)
}

function ofOtherShard<W>(setup: RaceSetup<W>, shard: RaceShard): RaceReport {
  return notRunHere(setup, `shard ${shard.runBy} of ${shard.count} runs it`, shard)
}

function notRunHere<W>(
  { name, seed, nowMs, entries, command }: RaceSetup<W>,
  guarantee: string,
  shard?: RaceShard,
): RaceReport {
  return raceReport({
    name,
    members: entries.map((entry, index) => ({ letter: String.fromCharCode(65 + index), name: entry.name })),
    steps: [],
    races: [],
    failures: [],
    wrongInSeries: false,
    root: process.cwd(),
    summary: {
      schedules: '0',
      run: 0,
      survived: 0,
      failed: 0,
      flaky: 0,
      unreached: 0,
      deadlocks: 0,
      guarantee,
      exhaustive: false,
      seed,
      now: new Date(nowMs).toISOString(),
      durationMs: 0,
      ...(shard && { shard }),
    },
    ...(command && { command }),
  })
}
