import { AsyncLocalStorage } from 'node:async_hooks'
import { seededRandom, VirtualClock } from '../clock/index.ts'
import type { ExecutionContext } from '../model/context.ts'
import type { Point } from '../model/point.ts'
import type { CodeLine, TimelineEvent, TimelineKind } from '../model/result.ts'
import type { Claim, DueWindow, QueueAdapter } from '../queue/port.ts'
import { type CallSite, type Delivery, type Mode, shared } from '../runtime/index.ts'
import type { Running } from './running.ts'
import type { Watchdog } from './watchdog.ts'
import type { WorkerMemory } from './worker-memory.ts'

/** What one run over a queue is given. */
export interface SessionOptions {
  readonly queue: QueueAdapter
  readonly mode: Mode
  readonly seed: number
  readonly watchdog?: Pick<Watchdog, 'watch'>
  readonly signal?: AbortSignal
  /** What worker processes load; absent: all share the modules of this one. */
  readonly memory?: WorkerMemory
  /** Called after a worker died, before anything else runs. */
  readonly onDeath?: () => unknown
  /** Called after a worker died and all that comes with it, before the queue is told; what it throws ends the run. */
  readonly onCrashed?: () => Promise<void>
  /** Deliveries of one job before it counts as a runaway. */
  readonly maxDeliveries?: number
  /** See {@link Session.outside}; where many runs begin in one async context, it is captured once. */
  readonly outside?: <R>(fn: () => R) => R
}

/** The start of a run: where performAll and its like keep what outlives one delivery. */
export class Session {
  readonly options: SessionOptions
  readonly queue: QueueAdapter
  readonly clock: VirtualClock
  readonly timeline: TimelineEvent[] = []
  readonly deliveries: Delivery[] = []
  /** Why the real death of a process may end otherwise than the crash of this run did. */
  approximate: string | undefined
  /** What is known of the jobs that were delivered, by id. */
  readonly facts: Map<string, { readonly timeoutMs?: number; readonly once?: true }> = new Map()
  /** Workers that froze, or whose attempt was overtaken: their code waits to be woken. */
  readonly suspended: Running[] = []
  /** Attempts that the queue failed when their time was up: their code runs on. */
  readonly overtaken: Running[] = []
  /** Asked that, of the next jobs that may start in any order, the first one is put off. */
  putOff: Delivery | undefined
  /** Runs a function in the async context of the run, outside of every delivery. */
  readonly outside: <R>(fn: () => R) => R
  /** The window of the next claim, where the end of a delivery is all that is left to do before it. */
  ahead: DueWindow | undefined
  /** Where a run that does not end waits, or goes round. */
  blame: CodeLine | undefined
  /** Where jobs are enqueued, by id, once there are so many that it may be for ever. */
  enqueuedAt: Map<string, CallSite | undefined> | undefined
  /** Virtual time that faults cost: retries and redeliveries. */
  costMs = 0
  #worker = 1
  workerName = 'worker 1'

  constructor(options: SessionOptions, clock?: VirtualClock) {
    this.options = options
    this.queue = options.queue
    this.outside = options.outside ?? AsyncLocalStorage.snapshot()
    this.clock = clock ?? new VirtualClock(options.queue.time, { activity: () => shared.progress })
  }

  /**
   * The context of code that is no delivery: set-up, assertions, snapshots. It is awaited, and no other code is:
   * from now on only its own timers move time.
   */
  quietContext(name: string): ExecutionContext {
    const context = { clock: this.clock, random: this.randomFor(name) }
    this.clock.start((timer) => timer.context === context)
    return context
  }

  /** The random stream of one purpose, made when it is first asked. */
  randomFor(name: string): () => number {
    let stream: (() => number) | undefined
    return () => (stream ??= seededRandom(`${this.options.seed}/${name}`))()
  }

  note(
    kind: TimelineKind,
    of: Pick<Claim, 'id' | 'name' | 'delivery'> | undefined,
    detail?: string,
    point?: Point,
    worker: string = this.workerName,
  ): void {
    const event: TimelineEvent = {
      at: this.queue.time.nowMs(),
      kind,
      job: of?.name ?? '',
      jobId: of?.id ?? '',
      delivery: of?.delivery ?? 0,
      worker: of === undefined || of.delivery === 0 ? '' : worker,
    }
    const isPlain = detail === undefined && point === undefined
    this.timeline.push(
      isPlain ? event : { ...event, ...(detail !== undefined && { detail }), ...(point && { point }) },
    )
  }

  /** The worker's process is gone; the next delivery has another. */
  nextWorker(): void {
    this.workerName = `worker ${++this.#worker}`
  }
}
