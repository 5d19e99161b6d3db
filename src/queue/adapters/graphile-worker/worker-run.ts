import { isGone } from '../postgres-server.ts'
import type { GraphileWorker, JobHelpers, SqlPool, SqlQuery, SqlResult, TaskList } from './driver.ts'
import type { Foreign } from './graphile-jobs.ts'
import { completeAndGet, getNextJob, getOneJob, kindOf, lastIdColumn } from './worker-statements.ts'

/** What one run of the worker is for. */
export interface WorkerOrder {
  /** The job to be taken. */
  readonly jobId?: string
  /** Whichever is next is to be taken, unless there are jobs with the time of the server. */
  readonly foreign?: Foreign
  /** The job whose lock lapsed, and its queue. */
  readonly lapsed?: { readonly jobId: string; readonly queueId: number | null }
  readonly nowMs: () => number
}

/** How a task was told to end. */
type Verdict =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: unknown }

const NONE: SqlResult = { rows: [], rowCount: 0 }

/** What a task was called with. */
export interface Claimed {
  readonly payload: unknown
  readonly helpers: JobHelpers
}

/** One job, from `get_job` on. */
interface Round {
  readonly order: WorkerOrder
  readonly claimed: PromiseWithResolvers<Claimed | undefined>
  readonly verdict: PromiseWithResolvers<unknown>
  readonly settled: PromiseWithResolvers<void>
  /** The worker asks for the job after this one. */
  readonly asked: PromiseWithResolvers<void>
  isTaken: boolean
  /** Its `complete_job`, which goes to the database with the next `get_job`. */
  completion: Completion | undefined
}

interface Completion {
  readonly text: string
  readonly jobId: unknown
  readonly name: string | undefined
  /** What the library waits for. */
  readonly result: PromiseWithResolvers<SqlResult>
}

/**
 * One run of graphile-worker's own `runTaskListOnce`, between it and the database: it gets the one job that it is to
 * get, in virtual time, and holds it until the task is told how it ends; then it waits for its next order.
 *
 * ```text
 * start ── get_job ── claimed ──┬── end ───── complete_job or fail_job ── settled, idle ──┬── take ──▶ get_job
 *                               │                                                         └── dismiss: it is over
 *                               ├── end with an order ─ complete_job with get_job ──▶ claimed, or it is over
 *                               └── abandon ─ neither reaches the database: the worker is dead
 * ```
 */
export class WorkerRun {
  /** Rows that the last `complete_job` or `fail_job` found. */
  settledRows = 0
  readonly #pool: SqlPool
  readonly #ended: Promise<unknown>
  #round: Round
  /** The order that follows the end of the job. */
  #following: WorkerOrder | undefined
  /** Where it is idle: whether there is another order. */
  #next: ((isOrder: boolean) => void) | undefined
  #dead = false
  #failure: { readonly error: unknown } | undefined

  constructor(
    library: GraphileWorker,
    options: object,
    names: readonly string[],
    pool: SqlPool,
    order: WorkerOrder,
  ) {
    this.#pool = pool
    this.#round = roundOf(order)
    const task = (payload: unknown, helpers: JobHelpers): Promise<unknown> => {
      this.#round.claimed.resolve({ payload, helpers })
      return this.#round.verdict.promise
    }
    const tasks = Object.fromEntries(names.map((name) => [name, task])) as TaskList
    const client = { query: (query: string | SqlQuery, values?: unknown[]) => this.#query(query, values) }
    const worker = library.runTaskListOnce(options as never, tasks, client as never)
    this.#ended = worker.promise.catch((error: unknown) => {
      this.#failure ??= { error }
    })
    void this.#ended.then(() => this.#round.claimed.resolve(undefined))
  }

  /** Whether it waits for an order. */
  get isIdle(): boolean {
    return this.#next !== undefined && this.#failure === undefined
  }

  /** The job that was claimed, or nothing. */
  async claimed(): Promise<Claimed | undefined> {
    const job = await this.#round.claimed.promise
    if (job === undefined) this.#throwFailure()
    return job
  }

  /** An idle worker goes on with another job. */
  take(order: WorkerOrder): void {
    this.#round = roundOf(order)
    this.#wake(true)
  }

  /** An idle worker ends. */
  dismiss(): void {
    this.#wake(false)
  }

  /** The task ended: the library records it. With an order, the worker goes on at once: see {@link claimed}. */
  async end(verdict: Verdict, order?: WorkerOrder): Promise<void> {
    const round = this.#round
    this.#following = order
    if (verdict.ok) round.verdict.resolve(verdict.result)
    else round.verdict.reject(verdict.error)
    await Promise.race([round.asked.promise, this.#ended])
    this.#throwFailure()
    // It did not ask for another job.
    if (this.#round === round && round.completion !== undefined) await this.#complete(round, round.completion)
    // The worker does not wait for its last statement.
    await round.settled.promise
    this.#throwFailure()
  }

  /** The worker is gone: nothing of it reaches the database any more. */
  async abandon(): Promise<void> {
    this.#dead = true
    this.#round.verdict.resolve(undefined)
    this.#wake(false)
    await this.#ended
  }

  #wake(isOrder: boolean): void {
    const next = this.#next
    this.#next = undefined
    next?.(isOrder)
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async #query(query: string | SqlQuery, given?: unknown[]): Promise<SqlResult> {
    const {
      text,
      values = given,
      name,
    } = typeof query === 'string' ? { text: query, name: undefined } : query
    try {
      if (this.#dead) return NONE
      const kind = kindOf(text)
      if (kind === 'getJob') return await this.#getJob(text, values, name)
      if (kind === 'completeJob' && this.#following !== undefined) {
        const completion = { text, jobId: values?.[0], name, result: Promise.withResolvers<SqlResult>() }
        this.#round.completion = completion
        return await completion.result.promise
      }
      if (kind === 'takeLocksAway') return await this.#takeLocksAway(text)
      return await (kind === 'other' ? this.#pool.query(text, values) : this.#settle(text, values, name))
    } catch (error) {
      // The library would try again for minutes.
      if (!isGone(error)) throw error
      this.#failure ??= { error }
      return NONE
    }
  }

  async #settle(text: string, values: unknown[] | undefined, name: string | undefined): Promise<SqlResult> {
    const { settled } = this.#round
    try {
      const now = `'${this.#nowText()}'::timestamptz`
      const own = text.replaceAll(/\bnow\(\)/g, now)
      // A statement that the server keeps has one text.
      const result = await this.#pool.query({ text: own, values, name: own === text ? name : undefined })
      this.settledRows = result.rowCount ?? 0
      return result
    } catch (error) {
      this.#failure ??= { error }
      throw error
    } finally {
      settled.resolve()
    }
  }

  /** Both at once, or `complete_job` alone. What fails is told by {@link end}. */
  async #complete(
    round: Round,
    { text, jobId, name, result }: Completion,
    get?: SqlQuery,
  ): Promise<SqlResult> {
    try {
      const values = [...(get?.values ?? []), jobId]
      const own = get === undefined ? text : completeAndGet(text, get.text, values.length)
      const both = get?.name === undefined ? name : `faultline_done_${get.name}`
      return await this.#pool.query({ text: own, values, name: both })
    } catch (error) {
      this.#failure ??= { error }
      return NONE
    } finally {
      this.settledRows = 1
      result.resolve(NONE)
      round.settled.resolve()
    }
  }

  #nowText(): string {
    return new Date(this.#round.order.nowMs()).toISOString()
  }

  /** The library takes the job as it takes any other; of equals, the one that was added first. */
  async #getJob(text: string, values: unknown[] = [], name: string | undefined): Promise<SqlResult> {
    const before = this.#round
    if (before.isTaken) {
      if (!(await this.#nextOrder())) return NONE
      if (before.completion === undefined) await before.settled.promise
    }
    const { jobId, foreign } = this.#round.order
    if (jobId === undefined && foreign === undefined) return NONE
    this.#round.isTaken = true
    const given = [...values.slice(0, -1), this.#nowText(), foreign === undefined ? jobId : foreign.seenId]
    const query = {
      text: foreign === undefined ? getOneJob(text, given.length) : getNextJob(text, foreign, given.length),
      values: given,
      name: name === undefined ? undefined : `faultline_${foreign === undefined ? 'one' : 'next'}_${name}`,
    }
    const result = await (before.completion === undefined
      ? this.#pool.query(query)
      : this.#complete(before, before.completion, query))
    const [job] = result.rows
    if (foreign !== undefined && job !== undefined) {
      foreign.seenId = job[lastIdColumn] as string | null
      delete job[lastIdColumn]
    }
    return result
  }

  #nextOrder(): Promise<boolean> {
    const following = this.#following
    if (following !== undefined) {
      this.#following = undefined
      this.#round.asked.resolve()
      this.#round = roundOf(following)
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      this.#next = resolve
      this.#round.asked.resolve()
    })
  }

  async #takeLocksAway(text: string): Promise<SqlResult> {
    const { lapsed } = this.#round.order
    if (lapsed === undefined) return NONE
    const ids = [lapsed.jobId, String(lapsed.queueId ?? -1)]
    const own = text.replaceAll('where locked_at <', () => `where id = ${ids.shift()} and locked_at <`)
    return await this.#pool.query(own, [this.#nowText()])
  }
}

function roundOf(order: WorkerOrder): Round {
  return {
    order,
    claimed: Promise.withResolvers(),
    verdict: Promise.withResolvers(),
    settled: Promise.withResolvers(),
    asked: Promise.withResolvers(),
    isTaken: false,
    completion: undefined,
  }
}
