import { FaultlineError } from '../../model/error.ts'
import type { Granularity } from '../../runtime/index.ts'
import { bad, unknownName } from '../bad-option.ts'
import { startMsOf } from '../fresh-queues.ts'
import { type Assertions, type SimulationOptions, splitArguments } from '../options.ts'
import type { Setup } from '../run-plan.ts'
import type { RaceStrategy } from '../strategies/index.ts'
import type { Work } from '../work.ts'
import type { Connect } from './connections.ts'
import { type Entry, entriesOf } from './entry.ts'
import { raceFaults } from './fault-races.ts'
import { indexOfLetter } from './racer.ts'

/** How works race; those of a simulation, and a few more. */
export interface RaceOptions<W = unknown> extends SimulationOptions<W> {
  /** Default `'auto'`: all schedules where they fit into the budget, else those with few preemptions, then PCT. */
  readonly strategy?: RaceStrategy
  /** Schedules to run at most; default 2 000. */
  readonly budget?: number
  /** Where deliveries can be interrupted: after each await (default), or at each line of async functions, too. */
  readonly granularity?: Granularity
  /** Real milliseconds after which a delivery that does not go on counts as waiting for another one; default 250. */
  readonly blockedAfterMs?: number
  /** Gives a worker its own connection, `context.connection`: called once a worker of each race. */
  readonly connect?: Connect
}

/** The options of one race. */
export interface OneRaceOptions<W = unknown> extends RaceOptions<W> {
  /** Who makes each step: `'AABAB'`; where that is not possible, whoever runs carries on. */
  readonly schedule?: string
}

const ownNames = ['strategy', 'budget', 'granularity', 'blockedAfterMs', 'connect'] as const

export const budgetDefault = 2_000
export const blockedAfterMsDefault = 250

/** A race with its options, checked and completed. */
export interface RaceSetup<W> extends Setup<W> {
  readonly options: OneRaceOptions<W>
  readonly entries: readonly Entry[]
}

/** Checks works and options. */
export function raceSetupOf<W>(
  works: readonly Work[],
  first: Assertions<W> | OneRaceOptions<W> | undefined,
  second: Assertions<W> | OneRaceOptions<W> | undefined,
  extra: readonly string[] = [],
  defaultName?: string,
): RaceSetup<W> {
  const entries = entriesOf(works)
  const { assertions, options } = splitArguments<W, OneRaceOptions<W>>(first, second, [...ownNames, ...extra])
  checkStrategy(options.strategy)
  for (const option of ['budget', 'blockedAfterMs'] as const) {
    const value = options[option]
    const isWhole = option === 'budget' ? Number.isSafeInteger(value) : Number.isFinite(value)
    if (value !== undefined && !(typeof value === 'number' && isWhole && value > 0)) {
      throw bad(
        `${option}: received ${show(value)}; allowed is a ${option === 'budget' ? 'whole ' : ''}number > 0.`,
      )
    }
  }
  if (
    options.granularity !== undefined &&
    options.granularity !== 'await' &&
    options.granularity !== 'line'
  ) {
    throw bad(`granularity: received ${show(options.granularity)}; allowed are 'await' and 'line'.`)
  }
  if (options.connect !== undefined && typeof options.connect !== 'function') {
    throw bad(
      `connect: received ${show(options.connect)}; allowed is a function that makes a worker's connection.`,
    )
  }
  raceFaults(options.faults)
  checkSchedule(options.schedule, entries)
  const name = options.name ?? defaultName ?? entries.map((entry) => entry.name).join(' and ')
  if (assertions === undefined && options.snapshot === undefined) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `${name} has nothing to judge it by: neither assertions nor the option \`snapshot\` was given.`,
      hint: 'Give a function of (run, world) that fails when the final state is wrong, or `snapshot: (world) => state`, which must equal that of some serial order.',
    })
  }
  return {
    work: works[0]!,
    entries,
    assertions,
    options,
    name,
    seed: options.seed ?? 1,
    nowMs: startMsOf(options),
  }
}

function checkStrategy(strategy: unknown): void {
  if (strategy === undefined) return
  const names = ['auto', 'exhaustive', 'random']
  if (typeof strategy === 'string') {
    if (!names.includes(strategy)) throw unknownName('strategy', strategy, names)
    return
  }
  const { preemptions, pct, random } = (strategy ?? {}) as Record<string, unknown>
  const { depth, runs, ...unknown } = (pct ?? {}) as Record<string, unknown>
  const isCount = (value: unknown, least: number): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least
  const isOne = strategy !== null && typeof strategy === 'object' && Object.keys(strategy).length === 1
  if (isOne && isCount(preemptions, 0)) return
  if (isOne && isCount(depth, 1) && isCount(runs, 1) && Object.keys(unknown).length === 0) return
  if (isOne && isCount((random as { runs?: unknown } | undefined)?.runs, 1)) return
  throw bad(
    `strategy: received ${show(strategy)}; allowed are 'auto', 'exhaustive', 'random', { preemptions: 2 }, { pct: { depth: 2, runs: 500 } } and { random: { runs: 500 } }.`,
  )
}

function checkSchedule(schedule: unknown, entries: readonly Entry[]): void {
  if (schedule === undefined) return
  const letters = entries.map((_, index) => String.fromCharCode(65 + index))
  const wrong =
    typeof schedule !== 'string'
      ? show(schedule)
      : [...schedule].find((letter) => {
          const index = indexOfLetter(letter)
          return index < 0 || index >= entries.length
        })
  if (wrong === undefined) return
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `schedule: received ${typeof schedule === 'string' ? `'${schedule}' with '${wrong}' in it` : wrong}; allowed are the letters ${letters.join(', ')}.`,
    hint: `${entries.map(({ name }, index) => `${letters[index]} is ${name}`).join(', ')}; who runs next, step by step: 'AABAB'.`,
  })
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  return value === undefined ? 'undefined' : (JSON.stringify(value) ?? String(value))
}
