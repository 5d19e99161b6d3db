import path from 'node:path'
import { FaultlineError, isFaultlineError } from '../../model/error.ts'
import type { InjectedFault } from '../../model/result.ts'
import type { WorkerTarget } from '../../model/worker-log.ts'
import { compareSnapshots, type Finding, fixSnapshot } from '../../oracle/index.ts'
import { after, realNowMs } from '../../runtime/index.ts'
import { asError } from '../as-error.ts'
import { bounded } from '../bounded.ts'
import type { WorkerPlan } from './options.ts'
import { type ReadLog, readLog } from './read-log.ts'
import type { RunFolder } from './run-folder.ts'
import { Output, WorkerProcess } from './worker-process.ts'

/** How often the queue is asked whether it is idle. */
const pollMs = 15
/** Starts of the program in one scenario before it counts as one that does not start any more. */
const startsMax = 5

/** What makes one run differ from another. */
export interface AttemptPlan {
  readonly id: string
  readonly faults: readonly InjectedFault[]
  readonly target?: WorkerTarget
  /** The state that `snapshot` must equal, once known. */
  readonly expected?: { readonly snapshot: unknown }
}

/** What came of one run. */
export interface AttemptEnd {
  readonly finding: Finding | undefined
  readonly log: ReadLog
  readonly struck: boolean
  readonly snapshot: unknown
  readonly startedAt: number
  readonly endedAt: number
  /** When a worker that had been asked to stop was killed. */
  readonly killedAt: number | undefined
}

/** Runs the worker program once: until it was killed and its successor has nothing left to do. */
export class Attempt<W> {
  readonly #plan: WorkerPlan<W>
  readonly #attempt: AttemptPlan
  readonly #folder: RunFolder
  readonly #log: string
  readonly #output = new Output()
  readonly #startedAt = Date.now()
  readonly #signal: AbortSignal
  #starts = 0
  #killedAt: number | undefined

  constructor(plan: WorkerPlan<W>, attempt: AttemptPlan, folder: RunFolder, count: number) {
    this.#plan = plan
    this.#attempt = attempt
    this.#folder = folder
    this.#log = path.join(folder.path, `${count}.jsonl`)
    this.#signal = plan.options.signal ?? new AbortController().signal
  }

  async run(): Promise<AttemptEnd> {
    const { setup, teardown } = this.#plan.options
    this.#signal.throwIfAborted()
    const world = (await bounded<W | undefined>('setup', () => setup?.({ signal: this.#signal }))) as W
    let worker = this.#start(true)
    try {
      await bounded('enqueue', () => this.#plan.options.enqueue(world))
      const deadline = realNowMs() + this.#plan.timeoutMs
      let finding: Finding | undefined
      for (;;) {
        const came = await this.#until(worker, world, deadline)
        if (came === 'hung') finding = { reason: 'hung', error: this.#hung() }
        if (came !== 'ended') break
        await worker.gone
        if (worker.failed !== undefined) throw this.#broken(worker)
        const killed = this.#starts === 1 && this.#struck()
        if (!killed && (await this.#idle(world))) break
        if (this.#starts >= startsMax || this.#attempt.target === undefined) {
          if (!this.#struck()) throw this.#broken(worker)
          finding = { reason: 'dead', error: this.#broken(worker) }
          break
        }
        worker = this.#start(false)
      }
      return await this.#judge(world, finding)
    } finally {
      await worker.stop()
      if (teardown !== undefined) await bounded('teardown', () => teardown(world))
    }
  }

  #start(first: boolean): WorkerProcess {
    const { program, deliveries } = this.#plan
    const { target } = this.#attempt
    this.#starts++
    const armed = first && target !== undefined ? { target } : undefined
    const arming = { log: this.#log, deliveries, traced: target === undefined, ...armed }
    return new WorkerProcess(program, arming, this.#folder, this.#output.add)
  }

  #struck(): boolean {
    return readLog(this.#log).struckAt !== undefined
  }

  /** Until the process ended, or the queue is idle, or there is no time left. */
  async #until(worker: WorkerProcess, world: W, deadline: number): Promise<'ended' | 'idle' | 'hung'> {
    const terms = this.#starts === 1 && this.#attempt.target?.signal === 'SIGTERM'
    for (;;) {
      if (worker.ended !== undefined) return 'ended'
      this.#signal.throwIfAborted()
      if (realNowMs() > deadline) return 'hung'
      if (terms && this.#overdue()) {
        this.#killedAt ??= Date.now()
        worker.kill()
      }
      // One that was asked to stop is awaited, whatever is left to do.
      else if (!(terms && this.#struck()) && (await this.#idle(world)) && worker.ended === undefined) {
        // The point may have been the very last: what it did before is seen, its end not yet.
        if (this.#starts > 1 || !this.#struck()) return 'idle'
      }
      await Promise.race([worker.gone, new Promise<void>((resolve) => after(pollMs, resolve))])
    }
  }

  #overdue(): boolean {
    const { struckAt } = readLog(this.#log)
    return struckAt !== undefined && Date.now() - struckAt > this.#plan.graceMs
  }

  async #idle(world: W): Promise<boolean> {
    return (await bounded('idle', () => this.#plan.options.idle(world))) === true
  }

  async #judge(world: W, before: Finding | undefined): Promise<AttemptEnd> {
    const log = readLog(this.#log)
    const struck = log.struckAt !== undefined
    const end = { log, struck, startedAt: this.#startedAt, endedAt: Date.now(), killedAt: this.#killedAt }
    if (before !== undefined) return { ...end, finding: before, snapshot: undefined }
    const { snapshot: take, mask = [] } = this.#plan.options
    let snapshot: unknown
    let finding: Finding | undefined
    if (take !== undefined) {
      try {
        snapshot = await bounded('snapshot', () => take(world))
      } catch (error) {
        if (isFaultlineError(error)) throw error
        return { ...end, finding: { reason: 'snapshot', error: asError(error) }, snapshot }
      }
      snapshot = fixSnapshot(snapshot)
      const { expected } = this.#attempt
      if (expected !== undefined) finding = compareSnapshots(expected.snapshot, snapshot, mask)
    }
    finding ??= await this.#assert(world, log)
    return { ...end, finding, snapshot }
  }

  async #assert(world: W, { deliveries }: ReadLog): Promise<Finding | undefined> {
    const { assertions } = this.#plan
    if (assertions === undefined) return undefined
    const { id, faults } = this.#attempt
    const run = { id, faults, deliveries, output: this.#output.text }
    try {
      const verdict = await bounded('The assertions', () => assertions(run, world))
      if (verdict !== false) return undefined
      const message = 'The assertions returned false.'
      return { reason: 'assertion', error: new FaultlineError('FAULTLINE_ASSERTION', { message }) }
    } catch (error) {
      return { reason: 'assertion', error: asError(error) }
    }
  }

  #hung(): FaultlineError {
    const { deliveries } = readLog(this.#log)
    const last = deliveries.at(-1)
    const begun =
      last === undefined
        ? 'no delivery began'
        : `the last to begin was delivery ${last.delivery} of ${last.jobId}`
    return new FaultlineError('FAULTLINE_HUNG', {
      message: `The queue was not idle after ${this.#plan.timeoutMs} ms of real time; ${begun}.${this.#said()}`,
      hint: 'Time is real here: give the worker short lock times by its `env`, or this a longer `timeoutMs`.',
    })
  }

  #broken({ ended, failed }: WorkerProcess): FaultlineError {
    const how = failed?.message ?? (ended?.signal ? `by ${ended.signal}` : `with code ${ended?.code}`)
    return new FaultlineError('FAULTLINE_WORKER', {
      message: `The worker program ${this.#plan.program.file} ended by itself (${how}) although the queue is not idle.${this.#said()}`,
      hint: 'A worker waits for work until it is told to stop; what it needs (servers, environment) must be there before it starts.',
      ...(failed === undefined ? undefined : { cause: failed }),
    })
  }

  #said(): string {
    const text = this.#output.text.trimEnd()
    return text === '' ? ' It wrote nothing.' : `\nIt wrote:\n${text.split('\n').slice(-40).join('\n')}`
  }
}
