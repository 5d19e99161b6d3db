import type { ErrorPolicy, Fault } from '../fault/index.ts'
import type { DeliveryRecord } from '../model/delivery.ts'
import type { Point } from '../model/point.ts'
import type { FaultName, InjectedFault } from '../model/result.ts'
import type { When } from '../model/time.ts'
import type { CheckName } from '../oracle/index.ts'
import type { QueueAdapter } from '../queue/port.ts'
import { bad, kind, unknownName } from './bad-option.ts'
import {
  checkChecks,
  checkKeep,
  checkName,
  checkNumbers,
  checkPrune,
  checkVirtualTimers,
} from './option-values.ts'

/** What the assertions are told about the run. */
export interface RunInfo {
  /** Empty on the run without faults. */
  readonly faults: readonly InjectedFault[]
  readonly queue: QueueAdapter
  readonly performed: readonly DeliveryRecord[]
  readonly dead: readonly DeliveryRecord[]
  /** The virtual now. */
  readonly now: Date
  /** What the work returned. */
  readonly result: unknown
  /** The scenario's id; `baseline` without faults. */
  readonly id: string
}

/** Judges the final state of a run; `false`, or a promise of it, fails. */
export type Assertions<W> = (run: RunInfo, world: W) => unknown

/** Crashes that leave the same state behind are run once. */
export interface PruneOptions<W = unknown> {
  /** Everything that outlives the process: rows, files, requests that went out. Read after the crash. */
  readonly state: (world: W) => unknown
  /** Runs them all the same, and fails where two that crash in the same state end differently. */
  readonly verify?: boolean
}

/** How a work is simulated; everything is optional. */
export interface SimulationOptions<W = unknown> {
  /** Default: the job's or function's name. Unique in a test run, for the replay. */
  readonly name?: string
  /** Default: a fresh memory queue for every run. One that is given is emptied before each; a function makes one for each. */
  readonly queue?: QueueAdapter | (() => QueueAdapter | Promise<QueueAdapter>)
  /** Once, before the first run; a returned function disposes. */
  readonly boot?: () => unknown
  /** Before every run: a clean world. */
  readonly setup?: (context: { queue: QueueAdapter; signal: AbortSignal }) => W | Promise<W>
  readonly teardown?: (world: W) => unknown
  /** The final state; that of every scenario must equal the one without faults. */
  readonly snapshot?: (world: W) => unknown
  /** Paths of the snapshot that may differ: `orders[*].paidAt`, or a RegExp. */
  readonly mask?: readonly (string | RegExp)[]
  /** Default `['error', 'crash']`. */
  readonly faults?: readonly (FaultName | Fault)[] | 'all'
  /** Judges the runs in which `exhaust` killed a job, and nothing else does. */
  readonly whenDead?: Assertions<W>
  /** Of other releases: each is delivered instead of the job's own, once, without faults, and must end right. */
  readonly payloads?: readonly unknown[]
  /** Faults per scenario; default 1. */
  readonly depth?: number
  /** Which hits of a place: first, second, third and last (`'edges'`, the default), all, or the first n. */
  readonly hits?: 'edges' | 'all' | number
  /** Where `error` strikes: default where something can throw. */
  readonly errors?: ErrorPolicy
  /** Globs of files, or a filter; default all first-party code. */
  readonly points?: string | readonly string[] | ((point: Point) => boolean)
  /** Perform only the jobs due by then. */
  readonly within?: When
  /** Where the virtual clock starts; default: where that of the given `queue` was told to, else the wall clock. */
  readonly now?: Date
  /** Packages whose timers are virtual in a delivery, as those of first-party code are; those of other packages are real. */
  readonly virtualTimers?: readonly string[]
  /**
   * Modules that stay in memory when a worker dies, although a job's `load` imports them: files, folders, globs or
   * names of packages, such as `'src/db.ts'`. What they import stays, too.
   */
  readonly keep?: readonly string[]
  /** After a crash: cut what the dead worker held; see `cutOnCrash`. */
  readonly onCrash?: () => unknown
  /** After a crash: boot the application again. */
  readonly restart?: () => unknown
  readonly checks?: Partial<Record<CheckName, boolean>>
  /**
   * Crash scenarios whose durable state equals that of one already run are skipped, and counted as the same state.
   * Needs a job with `load`: only then is memory lost with the worker.
   */
  readonly prune?: PruneOptions<W>
  /** Default 10 000; more are sampled. */
  readonly maxScenarios?: number
  /** Default 1. */
  readonly seed?: number
  /** Deliveries of one job before it counts as a runaway; default 100. */
  readonly maxDeliveries?: number
  /** Real milliseconds without progress after which a run counts as hung; default 2 000. */
  readonly hangAfterMs?: number
  /** Real milliseconds for the whole. */
  readonly budgetMs?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

const optionNames = [
  'name',
  'queue',
  'boot',
  'setup',
  'teardown',
  'snapshot',
  'mask',
  'faults',
  'whenDead',
  'payloads',
  'depth',
  'hits',
  'errors',
  'points',
  'within',
  'now',
  'virtualTimers',
  'keep',
  'onCrash',
  'restart',
  'checks',
  'prune',
  'maxScenarios',
  'seed',
  'maxDeliveries',
  'hangAfterMs',
  'budgetMs',
  'signal',
  'onProgress',
] as const satisfies readonly (keyof SimulationOptions)[]

/** Assertions and options may come in either order, and assertions may be left out. */
export function splitArguments<W, O extends SimulationOptions<W>>(
  first: Assertions<W> | O | undefined,
  second: Assertions<W> | O | undefined,
  extra: readonly string[] = [],
): { assertions: Assertions<W> | undefined; options: O } {
  const given = [first, second].filter((argument) => argument !== undefined)
  const functions = given.filter((argument) => typeof argument === 'function')
  const objects = given.filter((argument) => typeof argument !== 'function')
  if (
    functions.length > 1 ||
    objects.length > 1 ||
    objects.some((object) => typeof object !== 'object' || object === null || Array.isArray(object))
  ) {
    throw bad(
      `Expected assertions (a function) and options (an object), in either order: received ${given.map(kind).join(' and ')}.`,
    )
  }
  const options = (objects[0] ?? {}) as O
  checkOptions(options, extra)
  return { assertions: functions[0] as Assertions<W> | undefined, options }
}

function checkOptions(options: CheckedOptions, extra: readonly string[]): void {
  const known = [...optionNames, ...extra]
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownName('option', name, known)
  }
  checkValues(options)
}

type CheckedOptions = Omit<SimulationOptions, 'setup' | 'teardown' | 'snapshot' | 'whenDead' | 'prune'> & {
  prune?: { state?: unknown; verify?: unknown }
  setup?: unknown
  teardown?: unknown
  snapshot?: unknown
  whenDead?: unknown
}

/** What is given is of the right kind; names that are no option are not looked at. */
export function checkValues(options: CheckedOptions): void {
  checkChecks(options.checks)
  checkName(options.name)
  if (options.depth !== undefined && !(Number.isInteger(options.depth) && options.depth >= 1)) {
    throw bad(`depth: received ${kind(options.depth)}; allowed is a whole number ≥ 1: faults per scenario.`)
  }
  const { hits } = options
  if (hits !== undefined && hits !== 'edges' && hits !== 'all' && !(Number.isInteger(hits) && hits > 0)) {
    throw bad(`hits: received ${kind(hits)}; allowed are 'edges', 'all' and a whole number ≥ 1.`)
  }
  if (
    options.errors !== undefined &&
    options.errors !== 'where-possible' &&
    options.errors !== 'everywhere'
  ) {
    throw bad(`errors: received ${kind(options.errors)}; allowed are 'where-possible' and 'everywhere'.`)
  }
  if (options.now !== undefined && !(options.now instanceof Date && !Number.isNaN(options.now.getTime()))) {
    throw bad(`now: received ${kind(options.now)}; allowed is a valid Date.`)
  }
  checkNumbers(options)
  const functions = [
    'setup',
    'teardown',
    'snapshot',
    'whenDead',
    'boot',
    'onCrash',
    'restart',
    'onProgress',
  ] as const
  for (const name of functions) {
    const value = options[name]
    if (value !== undefined && typeof value !== 'function')
      throw bad(`${name}: received ${kind(value)}; allowed is a function.`)
  }
  checkShapes(options)
  checkKeep(options.keep)
  checkVirtualTimers(options.virtualTimers)
  checkPrune(options.prune)
  if (options.seed !== undefined && !Number.isSafeInteger(options.seed)) {
    throw bad(`seed: received ${kind(options.seed)}; allowed is a whole number.`)
  }
}

/** Options that are more than one kind of thing. */
function checkShapes({
  mask,
  points,
  queue,
  signal,
}: Pick<SimulationOptions, 'mask' | 'points' | 'queue' | 'signal'>): void {
  const isPath = (value: unknown): boolean => typeof value === 'string' && value !== ''
  if (
    mask !== undefined &&
    !(Array.isArray(mask) && mask.every((one) => isPath(one) || one instanceof RegExp))
  ) {
    throw bad(
      `mask: received ${kind(mask)}; allowed is a list of paths such as 'orders[*].paidAt', or of RegExps.`,
    )
  }
  const isGlobs = isPath(points) || (Array.isArray(points) && points.every(isPath))
  if (points !== undefined && !isGlobs && typeof points !== 'function') {
    throw bad(
      `points: received ${kind(points)}; allowed are a glob, a list of globs, or a function of a point.`,
    )
  }
  if (queue !== undefined && typeof queue !== 'function' && typeof queue?.claim !== 'function') {
    throw bad(
      `queue: received ${kind(queue)}; allowed is a queue such as memoryQueue(), or a function that makes one.`,
    )
  }
  if (signal !== undefined && typeof signal?.aborted !== 'boolean') {
    throw bad(`signal: received ${kind(signal)}; allowed is an AbortSignal.`)
  }
}
