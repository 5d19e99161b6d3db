import type { DueWindow } from '../../port.ts'
import type { WaitingRow } from '../due-jobs.ts'
import type { RowSelection } from '../postgres-queue.ts'
import type { Db } from './driver.ts'

/** Where a job ended up. */
export interface JobState {
  readonly state: string
  readonly dueMs: number
  readonly retryCount: number
}

const dueMs = '(ceil(extract(epoch from start_after) * 1000))::float8'
const columns = `id::text as id, name, data as payload, -priority as priority, ${dueMs} as "dueMs",
  retry_count + (started_on is not null)::int + 1 as attempt, singleton_key is not null as "hasKey"`

/** The rows of the listed queues, read and cleared; what becomes of a job is the library's affair. */
export class BossJobs {
  readonly #run: Db['executeSql']
  readonly #schema: string
  readonly #names: readonly string[]
  /** Those that start after others of the same time and priority. */
  #postponed: string[] = []

  constructor(run: Db['executeSql'], schema: string, names: readonly string[]) {
    this.#run = run
    this.#schema = schema
    this.#names = names
  }

  /** Jobs in the order in which they would be performed. */
  async waiting(
    nowMs: number,
    { fromMs, untilMs }: DueWindow = {},
    { limit = 1_000_000, without = [] }: RowSelection = {},
  ): Promise<WaitingRow[]> {
    const values: unknown[] = [this.#names, nowMs, limit]
    const conditions: string[] = []
    const condition = (text: string, value: unknown): void => {
      values.push(value)
      conditions.push(`and ${text.replace('$', `$${values.length}`)}`)
    }
    if (fromMs !== undefined) condition(`${dueMs} >= $`, fromMs)
    if (untilMs !== undefined) condition(`${dueMs} <= $`, untilMs)
    if (without.length > 0) condition('id <> all ($::uuid[])', without)
    let late = ''
    if (this.#postponed.length > 0) {
      values.push(this.#postponed)
      late = `coalesce(array_position($${values.length}::uuid[], id), 0),`
    }
    const { rows } = await this.#run(
      `select ${columns} from ${this.#schema}.job
       where name = any ($1::text[]) and state < 'active' and not blocked ${conditions.join(' ')}
       order by greatest(${dueMs}, $2), job.priority desc, ${late} created_on, tableoid, ctid limit $3`,
      values,
    )
    return rows
  }

  async waitingJob(id: string, nowMs: number): Promise<WaitingRow | undefined> {
    const jobs = await this.waiting(nowMs, { untilMs: nowMs })
    return jobs.find((job) => job.id === id)
  }

  async stateOf(name: string, id: string): Promise<JobState | undefined> {
    const { rows } = await this.#run(
      `select state::text as state, ${dueMs} as "dueMs", retry_count as "retryCount" from ${this.#schema}.job where name = $1 and id = $2`,
      [name, id],
    )
    return rows[0]
  }

  /** The job that holds a key while it waits. */
  async idOfKey(name: string, key: string): Promise<string | undefined> {
    const { rows } = await this.#run(
      `select id::text as id from ${this.#schema}.job where name = $1 and singleton_key = $2 and state < 'completed' order by state, created_on limit 1`,
      [name, key],
    )
    return rows[0]?.id
  }

  /** A completed job waits once more. */
  async deliverAgain(name: string, id: string, nowMs: number): Promise<void> {
    await this.#run(
      `update ${this.#schema}.job set state = 'retry', completed_on = null, start_after = $3
       where name = $1 and id = $2 and state = 'completed'`,
      [name, id, new Date(nowMs).toISOString()],
    )
  }

  /** Some job is to start later than pg-boss would have it. */
  get hasPostponed(): boolean {
    return this.#postponed.length > 0
  }

  postpone(id: string): void {
    this.#postponed = [...this.#postponed.filter((other) => other !== id), id]
  }

  /** Deletes the jobs of the listed queues, and the copies of theirs that wait in queues for dead letters. */
  async clear(): Promise<void> {
    this.#postponed = []
    await this.#run(
      `with dependencies as (delete from ${this.#schema}.job_dependency where parent_name = any ($1::text[]) or child_name = any ($1::text[]))
       delete from ${this.#schema}.job where name = any ($1::text[]) or source_name = any ($1::text[])`,
      [this.#names],
    )
  }
}
