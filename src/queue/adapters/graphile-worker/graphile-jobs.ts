import type { DueWindow } from '../../port.ts'
import type { WaitingRow } from '../due-jobs.ts'
import type { RowSelection } from '../postgres-queue.ts'
import { borrow } from './borrow.ts'
import type { SqlPool, TaskSpec } from './driver.ts'
import type { ForeignSql } from './worker-statements.ts'

/** The row of a job. */
export interface JobRow {
  readonly attempts: number
  readonly maxAttempts: number
  readonly dueMs: number
  readonly isLocked: boolean
}

/** Which of the waiting jobs are meant. */
interface Selection extends RowSelection {
  readonly id?: string
}

const dueMs = '(ceil(extract(epoch from j.run_at) * 1000))::float8'

/** A time without microseconds. */
const isMillis = (time: string): string => `${time} = ${time}::timestamptz(3)`
/** How round an interval is: whole seconds, tenths, hundredths, anything else. */
function roundness(interval: string): string {
  const micros = `date_part('microseconds', ${interval})::int`
  return `case when ${micros} % 1000000 = 0 then 3 when ${micros} % 100000 = 0 then 2 when ${micros} % 10000 = 0 then 1 else 0 end`
}

/**
 * A job that was added with the time of the server. The times of JavaScript have no microseconds: a `run_at` that has
 * some came from `now()`. Once in a thousand `now()` has none either, and then so has `updated_at`: the job was delayed
 * by that clock from which the delay is rounder.
 */
const foreign = (j: string, now: string): string => `(${j}.attempts = 0 and ${j}.locked_at is null
  and (not ${isMillis(`${j}.run_at`)} or ${isMillis(`${j}.updated_at`)} and (${j}.run_at = ${j}.updated_at
    or ${j}.run_at > ${j}.updated_at
      and ${roundness(`(${j}.run_at - ${j}.updated_at)`)} > ${roundness(`(${j}.run_at - ${now})`)})))`

/** How `get_job` is told of jobs with the time of the server. */
export interface Foreign extends ForeignSql {
  /** No job up to this id has it. */
  seenId: string | null
}

/** After so many runs their remains are removed. */
const clearsPerVacuum = 20

/** The rows of the listed tasks, read and cleared; what becomes of a job is the library's affair. */
export class GraphileJobs {
  readonly #pool: SqlPool
  readonly #schema: string
  readonly #names: readonly string[]
  readonly #sequence: string
  /** For `get_job`. */
  readonly foreign: Foreign
  #postponed: string[] = []
  #clears = 0
  /** Nothing was taken since all was cleared. */
  #isFresh = true

  /** `sequence`: the one of its ids, quoted as SQL wants it. */
  private constructor(pool: SqlPool, schema: string, names: readonly string[], sequence: string) {
    this.#pool = pool
    this.#schema = `"${schema.replaceAll('"', '""')}"`
    this.#names = names
    this.#sequence = `'${sequence.replaceAll("'", "''")}'::regclass`
    this.foreign = {
      isForeign: foreign('jobs', '$3::timestamptz'),
      areForeign: `exists (select from ${this.#schema}._private_jobs j
        where j.task_id = any ($2::int[]) and ${foreign('j', '$3::timestamptz')})`,
      lastId: `pg_sequence_last_value(${this.#sequence})`,
      seenId: null,
    }
  }

  /** Of tables that are there. */
  static async of(pool: SqlPool, schema: string, names: readonly string[]): Promise<GraphileJobs> {
    const client = await borrow(pool)
    try {
      const { rows } = await client.query("select pg_get_serial_sequence($1, 'id') as sequence", [
        `"${schema.replaceAll('"', '""')}"._private_jobs`,
      ])
      return new GraphileJobs(pool, schema, names, rows[0]!.sequence as string)
    } finally {
      client.release()
    }
  }

  /** By the documented function `add_job`. */
  async add(name: string, payload: unknown, spec: TaskSpec, nowMs: number): Promise<string> {
    const { rows } = await this.#pool.query(
      `select id from ${this.#schema}.add_job(identifier => $1::text, payload => $2::json, queue_name => $3::text,
         run_at => $4::timestamptz, max_attempts => $5::int, job_key => $6::text, priority => $7::int,
         flags => $8::text[], job_key_mode => coalesce($9::text, 'replace'))`,
      [
        name,
        JSON.stringify(payload ?? {}),
        spec.queueName ?? null,
        spec.runAt?.toISOString() ??
          (spec.jobKeyMode === 'preserve_run_at' ? null : new Date(nowMs).toISOString()),
        spec.maxAttempts ?? null,
        spec.jobKey ?? null,
        spec.priority ?? null,
        spec.flags ?? null,
        spec.jobKeyMode ?? null,
      ],
    )
    return String(rows[0]!.id)
  }

  /** Moves jobs that were added with the time of the server to the same time on the virtual clock, in its milliseconds. */
  adoption(nowMs: number): string {
    return `update ${this.#schema}._private_jobs j
      set run_at = date_trunc('milliseconds', ${timestamp(nowMs)} + (j.run_at - j.updated_at) + interval '999 us')
      from ${this.#schema}._private_tasks t where t.id = j.task_id and ${this.#isListed()} and ${foreign('j', timestamp(nowMs))}`
  }

  async adopt(nowMs: number): Promise<void> {
    this.#isFresh = false
    await this.#pool.query(this.adoption(nowMs))
  }

  /** At the start of a run, there most likely are some: to look first would take longer. */
  async adoptFirst(nowMs: number): Promise<void> {
    if (this.#isFresh) await this.adopt(nowMs)
  }

  /** Jobs in the order in which they would be performed; those of a queue that is busy wait. */
  async waiting(nowMs: number, window: DueWindow = {}, selection: Selection = {}): Promise<WaitingRow[]> {
    const { limit = 1_000_000, without = [], id = null, free = true } = selection
    const rows = async (): Promise<(WaitingRow & { foreign: boolean })[]> => {
      const result = await this.#pool.query({
        name: `faultline_waiting/${this.#schema}`,
        text: this.#waitingText(),
        values: [
          this.#names,
          nowMs,
          window.fromMs ?? null,
          window.untilMs ?? null,
          without,
          id,
          free,
          this.#postponed,
          limit,
        ],
      })
      return result.rows as never
    }
    const found = await rows()
    if (!found[0]?.foreign) return found.filter((job) => job.id !== null)
    await this.adopt(nowMs)
    return (await rows()).filter((job) => job.id !== null)
  }

  /** One row at least: it tells whether there are jobs with the time of the server. */
  #waitingText(): string {
    return `select f.foreign, w.* from (select exists (
        select from ${this.#schema}._private_jobs j join ${this.#schema}._private_tasks t on t.id = j.task_id
        where t.identifier = any ($1::text[]) and ${foreign('j', 'to_timestamp($2::float8 / 1000)')}) as foreign) f
      left join lateral (
        select j.id::text as id, t.identifier as name, j.payload, j.priority, ${dueMs} as "dueMs",
          j.attempts + 1 as attempt, j.key is not null or j.job_queue_id is not null as "hasKey", j.run_at
        from ${this.#schema}._private_jobs j join ${this.#schema}._private_tasks t on t.id = j.task_id
          left join ${this.#schema}._private_job_queues q on q.id = j.job_queue_id
        where j.is_available and t.identifier = any ($1::text[])
          and ($3::float8 is null or ${dueMs} >= $3) and ($4::float8 is null or ${dueMs} <= $4)
          and j.id <> all ($5::bigint[]) and ($6::bigint is null or j.id = $6)
          and (not $7::boolean or j.job_queue_id is null or q.is_available)
        order by greatest(${dueMs}, $2::float8), j.priority, coalesce(array_position($8::bigint[], j.id), 0), j.run_at, j.id
        limit $9::int) w on true
      order by greatest(w."dueMs", $2::float8), w.priority, coalesce(array_position($8::bigint[], w.id::bigint), 0), w.run_at, w.id::bigint`
  }

  async row(id: string): Promise<JobRow | undefined> {
    const { rows } = await this.#pool.query(
      `select j.attempts, j.max_attempts as "maxAttempts", ${dueMs} as "dueMs", j.locked_at is not null as "isLocked"
       from ${this.#schema}._private_jobs j where j.id = $1`,
      [id],
    )
    return rows[0] as JobRow | undefined
  }

  /** A job that was completed waits once more: its row is gone, and is written again. */
  async deliverAgain(job: object, nowMs: number): Promise<void> {
    await this.#pool.query(
      `insert into ${this.#schema}._private_jobs (id, job_queue_id, task_id, payload, priority, max_attempts, flags, run_at)
       overriding system value
       select id, job_queue_id, task_id, payload, priority, max_attempts, flags, $2::timestamptz
       from json_populate_record(null::${this.#schema}._private_jobs, $1::json)
       on conflict (id) do nothing`,
      [JSON.stringify(job), new Date(nowMs).toISOString()],
    )
  }

  /** Some job is to start later than graphile-worker would have it. */
  get hasPostponed(): boolean {
    return this.#postponed.length > 0
  }

  postpone(id: string): void {
    this.#postponed = [...this.#postponed.filter((other) => other !== id), id]
  }

  /** Deletes the jobs of the listed tasks, and counts ids anew from those that are left. */
  async clear(): Promise<void> {
    this.#postponed = []
    this.foreign.seenId = null
    this.#isFresh = true
    const jobs = `${this.#schema}._private_jobs`
    await this.#pool.query(
      `delete from ${jobs} j using ${this.#schema}._private_tasks t where t.id = j.task_id and ${this.#isListed()};
       delete from ${this.#schema}._private_job_queues q where not exists (select from ${jobs} j where j.job_queue_id = q.id);
       select setval(${this.#sequence}, coalesce(max(id), 0) + 1, false) from ${jobs}`,
    )
    if (++this.#clears % clearsPerVacuum !== 0) return
    // Runs follow each other faster than autovacuum does: each would go through the remains of all before it.
    await this.#pool.query(`vacuum ${jobs}`).catch(() => undefined)
  }

  #isListed(): string {
    return `t.identifier in (${this.#names.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ')})`
  }
}

function timestamp(ms: number): string {
  return `'${new Date(ms).toISOString()}'::timestamptz`
}
