import { AsyncLocalStorage } from 'node:async_hooks'
import { installPackageTimers, installVirtualGlobals } from '../clock/index.ts'
import { keptFiles, workerModules } from '../loader/worker-modules.ts'
import { execution } from '../model/context.ts'
import { FaultlineError, isFaultlineError } from '../model/error.ts'
import type { InjectedFault, ScenarioResult } from '../model/result.ts'
import { whenMs } from '../model/time.ts'
import { type CheckName, checks, compareSnapshots, type Finding, fixSnapshot } from '../oracle/index.ts'
import { performDue, Session, Watchdog, WorkerMemory } from '../perform/index.ts'
import { MemoryQueue } from '../queue/index.ts'
import type { QueueAdapter } from '../queue/port.ts'
import { disarm, type Mode } from '../runtime/index.ts'
import { asError } from './as-error.ts'
import { bounded } from './bounded.ts'
import { calm } from './calm.ts'
import { cutOnCrash } from './cut-on-crash.ts'
import { failedByItself } from './once-port.ts'
import type { Assertions, RunInfo, SimulationOptions } from './options.ts'
import type { OtherPayload } from './payloads.ts'
import { sweep } from './sweep.ts'
import type { Work } from './work.ts'
import { type Started, WorkStart } from './work-start.ts'

/** What is simulated, and how: fixed for all runs of a simulation. */
export interface Setup<W> {
  readonly work: Work
  readonly assertions: Assertions<W> | undefined
  readonly options: SimulationOptions<W>
  readonly name: string
  readonly seed: number
  readonly nowMs: number
  /** What runs this test again, for the report. */
  readonly command?: string
  /** Told of each scenario as soon as its outcome is certain. */
  readonly onResult?: (result: ScenarioResult) => void
}

/** What makes one run differ from another. */
export interface RunPlan {
  readonly id: string
  readonly faults: readonly InjectedFault[]
  readonly mode: Mode
  /** Delivered instead of the work's own; the assertions and the checks judge it, and no snapshot. */
  readonly payload?: OtherPayload
  /** Waits a little longer for code that was left running. */
  readonly patient?: boolean
  /** Told after a worker died, before the queue is; what it throws ends the run. */
  crashed?(session: Session, world: unknown): Promise<void>
  /** Arms the mode; called when the world is set up. */
  arm(session: Session): void
  /** Performs something else than the work, in the order of the queue: a race. */
  readonly perform?: (session: Session, world: unknown) => Promise<Performance>
  /** Who gives up on deliveries that hang, where it is not the watchdog. */
  readonly watchdog?: Pick<Watchdog, 'watch'>
}

/** What came of one run. */
export interface RunEnd {
  readonly finding: Finding | undefined
  readonly session: Session
  readonly rootJobId: string
  /** Why nobody can judge it: a fault that kills the job for good did not. */
  readonly notApplicable?: string
  /** Where `snapshot` was given. */
  readonly snapshot?: unknown
}

/** Deliveries of one job before it counts as a runaway. */
const maxDeliveriesDefault = 100
const hangAfterMsDefault = 2_000

/** How runs that do not end are reported. */
const endless: ReadonlyMap<string, 'runaway' | 'hung'> = new Map([
  ['FAULTLINE_RUNAWAY', 'runaway'],
  ['FAULTLINE_HUNG', 'hung'],
])

/** Performs one work again and again, each time in a clean world. */
export class Runner<W> {
  readonly setup: Setup<W>
  readonly #watchdog: Watchdog
  readonly #signal: AbortSignal
  readonly #modules = workerModules()
  readonly #keeps: (file: string) => boolean
  readonly #work: WorkStart<W>
  #outside = AsyncLocalStorage.snapshot()
  /** The state that `snapshot` must equal, once known. */
  expected: { readonly snapshot: unknown } | undefined

  constructor(setup: Setup<W>) {
    this.setup = setup
    this.#work = new WorkStart(setup)
    const { hangAfterMs, signal, keep = [] } = setup.options
    this.#keeps = keptFiles(keep)
    this.#watchdog = new Watchdog(hangAfterMs ?? hangAfterMsDefault, signal)
    this.#signal = signal ?? new AbortController().signal
  }

  /** Holds what all runs share (globals, the watchdog, what `boot` made) while `body` runs. */
  during<T>(body: () => Promise<T>): Promise<T> {
    return this.holding(async () => {
      const dispose = await this.boot()
      try {
        return await body()
      } finally {
        await dispose()
      }
    })
  }

  /** Holds globals and the watchdog while `body` runs. */
  async holding<T>(body: () => Promise<T>): Promise<T> {
    const restoreTimers = installPackageTimers(this.setup.options.virtualTimers ?? [])
    const uninstall = installVirtualGlobals()
    this.#outside = AsyncLocalStorage.snapshot()
    this.#watchdog.start()
    try {
      return await body()
    } finally {
      this.#watchdog.stop()
      uninstall()
      restoreTimers()
    }
  }

  /** What is needed once; resolves to what takes it away again. */
  async boot(): Promise<() => Promise<void>> {
    const dispose = await bounded('boot', () => this.setup.options.boot?.())
    return async () => {
      await sweep(this.setup.options.queue)
      if (typeof dispose === 'function') await bounded('What boot returned', () => dispose())
    }
  }

  async run(plan: RunPlan): Promise<RunEnd> {
    const { options, seed } = this.setup
    const queue = await this.#freshQueue()
    const memory = this.#modules && new WorkerMemory(this.#modules, this.#keeps)
    let world: W
    const session: Session = new Session({
      queue,
      mode: plan.mode,
      seed,
      watchdog: plan.watchdog ?? this.#watchdog,
      signal: this.#signal,
      maxDeliveries: options.maxDeliveries ?? maxDeliveriesDefault,
      ...(memory && { memory }),
      outside: this.#outside,
      onDeath: () => this.#afterDeath(queue),
      ...(plan.crashed && { onCrashed: () => plan.crashed!(session, world) }),
    })
    const quiet = session.quietContext('quiet')
    world = (await execution.run(quiet, () =>
      bounded<W | undefined>('setup', () => options.setup?.({ queue, signal: this.#signal })),
    )) as W
    let hung = false
    try {
      plan.arm(session)
      const resources = plan.patient ? process.getActiveResourcesInfo() : []
      const performed = await (plan.perform?.(session, world) ?? this.#perform(session, world, plan.payload))
      hung = performed.finding?.reason === 'hung'
      if (plan.patient) await calm(session.deliveries, resources, session.clock)
      const judged = await this.#judge(session, plan, world, performed)
      return { ...judged, session, rootJobId: performed.rootJobId }
    } finally {
      disarm()
      session.clock.stop()
      // The next run has a worker of its own: what an error or a hang left checked out goes with this one.
      if (plan.faults.length > 0 || hung) await this.#afterDeath(queue)
      if (options.teardown !== undefined) {
        await execution.run(session.quietContext('teardown'), () =>
          bounded('teardown', () => options.teardown!(world)),
        )
        session.clock.stop()
      }
    }
  }

  async #freshQueue(): Promise<QueueAdapter> {
    const { queue } = this.setup.options
    if (queue === undefined) return new MemoryQueue({ now: new Date(this.setup.nowMs) })
    if (typeof queue === 'function') return await bounded('queue', queue)
    await queue.clear({ nowMs: this.setup.nowMs })
    return queue
  }

  async #afterDeath(queue: QueueAdapter): Promise<void> {
    const { onCrash, restart } = this.setup.options
    for (const pool of queue.pools ?? []) await cutOnCrash(pool)()
    if (onCrash ?? restart) queue.bootsAgain?.()
    await bounded('onCrash', () => onCrash?.())
    await bounded('restart', () => restart?.())
  }

  /** Enqueues the work and performs everything; a run that does not end is a finding. */
  async #perform(session: Session, world: W, payload?: OtherPayload): Promise<Performance> {
    const started: Started = { rootJobId: '', result: undefined }
    try {
      await this.#work.start(session, world, started, payload)
      const { within } = this.setup.options
      const untilMs =
        within === undefined ? undefined : whenMs(within, this.setup.nowMs, 'The option `within`')
      await performDue(session, untilMs === undefined ? {} : { untilMs, growing: true })
      const end = untilMs === undefined ? undefined : untilMs + session.costMs
      return { ...started, ...(end === undefined ? undefined : { untilMs: end }) }
    } catch (error) {
      const reason = endless.get(isFaultlineError(error) ? error.code : '')
      if (reason === undefined) throw error
      const finding = { reason, error: error as Error, ...(session.blame && { blame: session.blame }) }
      return { ...started, finding }
    }
  }

  async #judge(
    session: Session,
    plan: RunPlan,
    world: W,
    performed: Performance,
  ): Promise<{ finding: Finding | undefined; snapshot?: unknown; notApplicable?: string }> {
    const { options } = this.setup
    let { finding } = performed
    if (performed.failed !== undefined && plan.faults.length === 0)
      finding ??= failedByItself(this.setup.name, performed.failed)
    if (finding !== undefined && options.checks?.completes === false) finding = undefined
    const lasting = plan.faults.filter(({ fault }) => fault === 'exhaust')
    if (lasting.length > 0) {
      if (finding !== undefined) return { finding }
      if (!session.queue.dead.some(({ id }) => lasting.some(({ point }) => point.jobId === id)))
        return { finding, notApplicable: 'the job did not die of it' }
      return { finding: await this.#assert(session, plan, world, performed, options.whenDead) }
    }
    const { untilMs } = performed
    const checked = {
      queue: session.queue,
      deliveries: session.deliveries,
      ...(untilMs === undefined ? undefined : { untilMs }),
    }
    for (const name of Object.keys(checks) as CheckName[]) {
      if (finding !== undefined) break
      if (options.checks?.[name] === false) continue
      finding = await checks[name](checked)
    }
    if (finding !== undefined) return { finding }
    const quiet = session.quietContext('judge')
    let snapshot: unknown
    if (options.snapshot !== undefined && plan.payload === undefined) {
      try {
        snapshot = await execution.run(quiet, () => bounded('snapshot', () => options.snapshot!(world)))
      } catch (error) {
        if (isFaultlineError(error)) throw error
        return { finding: { reason: 'snapshot', error: asError(error) } }
      }
      snapshot = fixSnapshot(snapshot)
      if (this.expected !== undefined)
        finding = compareSnapshots(this.expected.snapshot, snapshot, options.mask ?? [])
    }
    finding ??= await this.#assert(session, plan, world, performed, this.setup.assertions)
    return { finding, snapshot }
  }

  async #assert(
    session: Session,
    plan: RunPlan,
    world: W,
    performed: Performance,
    assertions: Assertions<W> | undefined,
  ): Promise<Finding | undefined> {
    if (assertions === undefined) return undefined
    const { queue } = session
    const last = queue.performed.findLast(
      (record) => record.id === performed.rootJobId && record.outcome === 'completed',
    )
    const info: RunInfo = {
      faults: plan.faults,
      queue,
      performed: queue.performed,
      dead: queue.dead,
      now: queue.now,
      result: last === undefined ? performed.result : last.result,
      id: plan.id,
    }
    try {
      const verdict = await execution.run(session.quietContext('judge'), () =>
        bounded('The assertions', () => assertions(info, world)),
      )
      if (verdict !== false) return undefined
      const message = 'The assertions returned false.'
      return { reason: 'assertion', error: new FaultlineError('FAULTLINE_ASSERTION', { message }) }
    } catch (error) {
      return { reason: 'assertion', error: asError(error) }
    }
  }
}

/** What was performed. */
export interface Performance extends Started {
  readonly untilMs?: number
  readonly finding?: Finding
}
