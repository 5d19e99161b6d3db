import path from 'node:path'
import type { InjectedFault } from '../../model/result.ts'
import { type Duration, durationMs } from '../../model/time.ts'
import type { WorkerSignal } from '../../model/worker-log.ts'
import { bad, kind, unknownName } from '../bad-option.ts'
import { checkValues, type SimulationOptions } from '../options.ts'
import { programOf } from './worker-program.ts'

/** The user's own worker program, and how it is started. */
export interface WorkerProgram {
  /** Relative to `cwd`. */
  readonly file: string
  readonly args?: readonly string[]
  /** Added to the environment of this process: short lock times, the address of a test server. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The folder it is started in; its package.json says what is first-party. Default: that of this process. */
  readonly cwd?: string
  /** Flags of Node, before the program. */
  readonly nodeArgs?: readonly string[]
}

/** A delivery that a real worker process began; times are real. */
export interface WorkerDelivery {
  readonly job: string
  /** `charge-1`: counted in the order in which jobs were first delivered. */
  readonly jobId: string
  /** 1-based: the how-many-th of this job. */
  readonly delivery: number
  /** 1-based: the how-many-th process of the scenario. */
  readonly process: number
  readonly at: Date
}

/** What the assertions are told about a run with real processes. */
export interface WorkerRun {
  /** Empty on the run without faults. */
  readonly faults: readonly InjectedFault[]
  /** The scenario's id; `baseline` without faults. */
  readonly id: string
  readonly deliveries: readonly WorkerDelivery[]
  /** What the processes wrote to stdout and stderr, the last 64 kB. */
  readonly output: string
}

/** Judges the final state; `false`, or a promise of it, fails. */
export type WorkerAssertions<W> = (run: WorkerRun, world: W) => unknown

/** How a worker program is killed again and again. */
export interface WorkerOptions<W = unknown>
  extends Pick<
    SimulationOptions<W>,
    | 'name'
    | 'boot'
    | 'teardown'
    | 'snapshot'
    | 'mask'
    | 'points'
    | 'hits'
    | 'maxScenarios'
    | 'seed'
    | 'budgetMs'
    | 'signal'
    | 'onProgress'
  > {
  readonly worker: string | WorkerProgram
  /**
   * The function that the queue calls to deliver a job, `src/jobs/charge.ts#charge`, or its line where it has no name:
   * `src/worker.ts:15`. With several kinds of job, each by the job's name.
   */
  readonly deliveries: string | Readonly<Record<string, string>>
  /** Puts the work into the queue; called in this process, once the worker was started. */
  readonly enqueue: (world: W) => unknown
  /** Nothing waits in the queue and nothing is being worked on; asked again and again. */
  readonly idle: (world: W) => boolean | Promise<boolean>
  /** Before every run: a clean world. */
  readonly setup?: (context: { signal: AbortSignal }) => W | Promise<W>
  /** Default `['SIGKILL']`. */
  readonly signals?: readonly WorkerSignal[]
  /** How long a worker that got SIGTERM may go on, in real time; then it is killed. Default `'5s'`. */
  readonly grace?: Duration
  /** How long one scenario may take, in real milliseconds. Default 30 000. */
  readonly timeoutMs?: number
}

/** All of it checked and filled in. */
export interface WorkerPlan<W> {
  readonly options: WorkerOptions<W>
  readonly assertions: WorkerAssertions<W> | undefined
  readonly name: string
  readonly program: Required<Pick<WorkerProgram, 'file' | 'args' | 'cwd' | 'nodeArgs'>> &
    Pick<WorkerProgram, 'env'>
  readonly deliveries: Readonly<Record<string, string>>
  readonly signals: readonly WorkerSignal[]
  readonly graceMs: number
  readonly timeoutMs: number
  readonly seed: number
  /** What runs this again, for the report. */
  readonly command?: string | undefined
}

const optionNames = [
  ...[
    'name',
    'worker',
    'deliveries',
    'enqueue',
    'idle',
    'boot',
    'setup',
    'teardown',
    'snapshot',
    'mask',
    'signals',
  ],
  ...['grace', 'timeoutMs', 'points', 'hits', 'maxScenarios', 'seed', 'budgetMs', 'signal', 'onProgress'],
]
const signalNames: readonly WorkerSignal[] = ['SIGKILL', 'SIGTERM']

/** The options and the assertions, in either order. */
export function workerPlan<W>(
  first: WorkerOptions<W> | WorkerAssertions<W>,
  second: WorkerOptions<W> | WorkerAssertions<W> | undefined,
): WorkerPlan<W> {
  const given = [first, second].filter((one) => one !== undefined)
  const assertions = given.find((one) => typeof one === 'function') as WorkerAssertions<W> | undefined
  const options = given.find((one) => typeof one !== 'function') as WorkerOptions<W> | undefined
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options)
  if (!isObject || given.length > (assertions === undefined ? 1 : 2)) {
    const received = given.length === 0 ? 'none' : given.map(kind).join(' and ')
    throw bad(
      `simulateWorkers(options, assertions) takes an object of options and a function: received ${received}.`,
    )
  }
  for (const name of Object.keys(options))
    if (!optionNames.includes(name)) throw unknownName('option', name, optionNames)
  const { timeoutMs, ...shared } = options
  checkValues(shared as SimulationOptions)
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0))
    throw bad(`timeoutMs: received ${kind(timeoutMs)}; allowed is a number > 0.`)
  for (const name of ['enqueue', 'idle'] as const)
    if (typeof options[name] !== 'function')
      throw bad(`${name}: received ${kind(options[name])}; allowed is a function.`)
  if (assertions === undefined && options.snapshot === undefined)
    throw bad('Nothing judges the final state: neither assertions nor the option `snapshot` was given.')
  const program = programOf(options.worker)
  return {
    options,
    assertions,
    name: options.name ?? path.basename(program.file),
    program,
    deliveries: deliveriesOf(options.deliveries),
    signals: signalsOf(options.signals),
    graceMs: durationMs(options.grace ?? '5s', 'The option `grace`'),
    timeoutMs: options.timeoutMs ?? 30_000,
    seed: options.seed ?? 1,
  }
}

function deliveriesOf(given: unknown): Readonly<Record<string, string>> {
  if (typeof given === 'string' && given !== '') return { [given.replace(/^.*[#/]/, '')]: given }
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : []
  if (entries.length > 0 && entries.every(([, key]) => typeof key === 'string' && key !== ''))
    return Object.fromEntries(entries)
  throw bad(
    `deliveries: received ${kind(given)}; allowed is the function that the queue calls, such as 'src/jobs/charge.ts#charge', or { charge: 'src/jobs/charge.ts#charge', mail: 'src/jobs/mail.ts#mail' }.`,
  )
}

function signalsOf(given: unknown = ['SIGKILL']): readonly WorkerSignal[] {
  if (!Array.isArray(given) || given.length === 0)
    throw bad(`signals: received ${kind(given)}; allowed is a list of ${signalNames.join(', ')}.`)
  for (const signal of given)
    if (!signalNames.includes(signal)) throw unknownName('signal', String(signal), signalNames)
  return given
}
