import { AsyncLocalStorage } from 'node:async_hooks'
import { installPackageTimers, installVirtualGlobals } from '../clock/index.ts'
import { keptFiles, workerModules } from '../loader/worker-modules.ts'
import { execution, soonWithin } from '../model/context.ts'
import { whenMs } from '../model/time.ts'
import { performDue, Session, Watchdog, WorkerMemory } from '../perform/index.ts'
import type { QueueAdapter } from '../queue/port.ts'
import { disarm } from '../runtime/index.ts'
import { bounded } from './bounded.ts'
import { calm } from './calm.ts'
import { cutOnCrash } from './cut-on-crash.ts'
import { endedEarly } from './ended-early.ts'
import { FreshQueues } from './fresh-queues.ts'
import { Judge } from './judge.ts'
import { poolsApart } from './pools-apart.ts'
import type { Performance, RunEnd, RunPlan, Setup } from './run-plan.ts'
import { type Started, WorkStart } from './work-start.ts'

/** Deliveries of one job before it counts as a runaway. */
const maxDeliveriesDefault = 100
const hangAfterMsDefault = 2_000

/** Performs one work again and again, each time in a clean world. */
export class Runner<W> {
  readonly setup: Setup<W>
  readonly #watchdog: Watchdog
  readonly #signal: AbortSignal
  readonly #modules = workerModules()
  readonly #keeps: (file: string) => boolean
  readonly #work: WorkStart<W>
  readonly #queues: FreshQueues
  #outside = AsyncLocalStorage.snapshot()
  readonly judge: Judge<W>

  constructor(setup: Setup<W>) {
    this.setup = setup
    this.judge = new Judge(setup)
    this.#work = new WorkStart(setup)
    const { hangAfterMs, signal, keep = [], queue } = setup.options
    this.#queues = new FreshQueues(queue, setup.nowMs, setup.seed, signal)
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
    const dispose = await bounded('boot', () => this.setup.options.boot?.(), this.#signal)
    return async () => {
      await this.#queues.sweep()
      if (typeof dispose === 'function') await bounded('What boot returned', () => dispose())
    }
  }

  async run(plan: RunPlan): Promise<RunEnd> {
    const { options, seed } = this.setup
    const next = this.#queues.next()
    const queue = next instanceof Promise ? await next : next
    const startMs = queue.time.nowMs()
    const memory = this.#modules && new WorkerMemory(this.#modules, this.#keeps)
    let world = undefined as W
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
    const { setup } = options
    if (setup !== undefined)
      world = await soonWithin(quiet, () =>
        bounded('setup', () => setup({ queue, signal: this.#signal }), this.#signal),
      )
    let hung = false
    const poolsBack = poolsApart(queue.pools, this.#outside)
    try {
      plan.arm(session)
      const resources = plan.patient ? process.getActiveResourcesInfo() : []
      const performed = await (plan.perform?.(session, world) ?? this.#perform(session, world, startMs, plan))
      hung = performed.finding?.reason === 'hung'
      if (plan.patient) await calm(session.deliveries, resources, session.clock)
      const judged = await this.judge.verdict(session, plan, world, performed)
      return { ...judged, session, rootJobId: performed.rootJobId }
    } finally {
      disarm()
      poolsBack()
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

  async #afterDeath(queue: QueueAdapter): Promise<void> {
    const { onCrash, restart } = this.setup.options
    for (const pool of queue.pools ?? []) await cutOnCrash(pool)()
    if (onCrash ?? restart) queue.bootsAgain?.()
    await bounded('onCrash', () => onCrash?.())
    await bounded('restart', () => restart?.())
  }

  /** Enqueues the work and performs everything; a run that does not end is a finding. */
  async #perform(session: Session, world: W, startMs: number, plan: RunPlan): Promise<Performance> {
    const started: Started = { rootJobId: '', result: undefined }
    try {
      await this.#work.start(session, world, started, plan.payload)
      const { within } = this.setup.options
      const untilMs = within === undefined ? undefined : whenMs(within, startMs, 'The option `within`')
      await performDue(session, untilMs === undefined ? {} : { untilMs, growing: true })
      const end = untilMs === undefined ? undefined : untilMs + session.costMs
      return { ...started, ...(end === undefined ? undefined : { untilMs: end }) }
    } catch (error) {
      return { ...started, finding: endedEarly(error, session, plan) }
    }
  }
}
