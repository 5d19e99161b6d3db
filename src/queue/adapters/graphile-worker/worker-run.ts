import { isGone } from '../postgres-server.ts'
import type { GraphileWorker, JobHelpers, SqlPool, SqlQuery, SqlResult, TaskList } from './driver.ts'

/** What one run of the worker is for. */
export interface WorkerOrder {
  /** The job to be taken. */
  readonly jobId?: string
  /** Whichever is next is to be taken, unless this condition holds. */
  readonly unless?: string
  /** The job whose lock lapsed, and its queue. */
  readonly lapsed?: { readonly jobId: string; readonly queueId: number | null }
  readonly nowMs: () => number
}

/** How a task was told to end. */
type Verdict =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: unknown }

/** `complete_job` and `fail_job`. */
const settling = /\bdelete from \S+_private_jobs\b|\blast_error\s*=/
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
}

/**
 * One run of graphile-worker's own `runTaskListOnce`, between it and the database: it gets the one job that it is to
 * get, in virtual time, and holds it until the task is told how it ends; then it waits for its next order.
 *
 * ```text
 * start ── get_job ── claimed ──┬── end ───── complete_job or fail_job ── settled, idle ──┬── take ──▶ get_job
 *                               │                                                         └── dismiss: it is over
 *                               └── abandon ─ neither reaches the database: the worker is dead
 * ```
 */
export class WorkerRun {
  /** Rows that the last `complete_job` or `fail_job` found. */
  settledRows = 0
  readonly #pool: SqlPool
  readonly #ended: Promise<unknown>
  #round: Round
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

  /** The task ended: the library records it. */
  async end(verdict: Verdict): Promise<void> {
    const { verdict: told, asked, settled } = this.#round
    if (verdict.ok) told.resolve(verdict.result)
    else told.reject(verdict.error)
    await Promise.race([asked.promise, this.#ended])
    this.#throwFailure()
    // The worker does not wait for its last statement.
    await settled.promise
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
      if (text.includes('locked_at <')) return await this.#takeLocksAway(text)
      if (text.includes('attempts = jobs.attempts + 1')) return await this.#getJob(text, values, name)
      if (settling.test(text)) return await this.#settle(text, values, name)
      return await this.#pool.query(text, values)
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

  #nowText(): string {
    return new Date(this.#round.order.nowMs()).toISOString()
  }

  /** The library takes the job as it takes any other; of equals, the one that was added first. */
  async #getJob(text: string, values: unknown[] = [], name: string | undefined): Promise<SqlResult> {
    if (this.#round.isTaken && !(await this.#nextOrder())) return NONE
    const { jobId, unless } = this.#round.order
    if (jobId === undefined && unless === undefined) return NONE
    this.#round.isTaken = true
    const condition = jobId === undefined ? `not ${unless}` : `jobs.id = $${values.length + 1}::bigint`
    const own = text
      .replace('where jobs.is_available = true', `where ${condition} and jobs.is_available = true`)
      .replace('order by priority asc, run_at asc', 'order by priority asc, run_at asc, jobs.id asc')
    const kept = [...values.slice(0, -1), this.#nowText()]
    return await this.#pool.query({
      text: own,
      values: jobId === undefined ? kept : [...kept, jobId],
      name: name === undefined ? undefined : `faultline_${jobId === undefined ? 'next' : 'one'}_${name}`,
    })
  }

  #nextOrder(): Promise<boolean> {
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
  }
}
