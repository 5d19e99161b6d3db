import { AsyncLocalStorage } from 'node:async_hooks'
import { execution } from '../../../model/context.ts'
import type { QueueTime } from '../../port.ts'

/** What one statement of the adapter's own is run with. */
export interface Scope {
  /** Instead of the virtual now. */
  readonly nowMs?: number
  /** A fetch takes this job or none. */
  readonly onlyId?: string
  /** A failure is the last one, however many retries are left. */
  readonly terminal?: boolean
}

/** What {@link VirtualStatements} asks of the queue. */
export interface StatementsHost {
  readonly time: QueueTime
  /** Whether a queue's jobs are cleared between scenarios: their ids are counted. */
  isListed(name: string): boolean
}

const clock = /(?:"[^"]+"|[\w$]+)\.job_now\(\)/g
const created = /(?:"[^"]+"|[\w$]+)\.job_now\(\) as created_on/
const definition = /\bcreate\b/i
/** Ids that are kept free for a statement that does not tell how many jobs it makes. */
const batchMax = 1_000
/** The passes of a running pg-boss that end, delete and send jobs as real time goes by. */
const background = /job timed out|job heartbeat timeout|keep_until <|set\s+cron_on/i
const skew = /job_now\(\)\)? \* 1000\)? as time/

/** What a statement comes to, apart from the time and what is counted. */
interface Template {
  /** Between these stands the time. */
  readonly parts: readonly string[]
  readonly isBackground: boolean
  readonly makesJobs: boolean
}

/** In a template: where a job is told when it was created. */
const createdMark = '\0'
/** Templates that are kept; a run has some dozens. */
const keptMax = 500

/**
 * The SQL of pg-boss, told the virtual time: each statement names the clock as `job_now()`, and gets a literal in its
 * place. Nothing is changed in the database. What was random is counted, so that runs are alike: ids of jobs, and the
 * jitter of a backoff, which is its least.
 */
export class VirtualStatements {
  readonly #host: StatementsHost
  readonly #scope: AsyncLocalStorage<Scope> = new AsyncLocalStorage()
  /** By the text; `undefined`: it does not ask for the time. */
  readonly #templates: Map<string, Template | undefined> = new Map()
  #ids = 0
  #order = 0
  #orderAtMs = Number.NaN

  constructor(host: StatementsHost) {
    this.#host = host
  }

  /** Runs calls of the library with a scope. */
  with<T>(scope: Scope, fn: () => Promise<T>): Promise<T> {
    return this.#scope.run(scope, fn)
  }

  /** Ids are counted anew. */
  restart(): void {
    this.#ids = 0
  }

  rewrite(text: string, values?: unknown[]): string {
    const template = this.#templateOf(text)
    if (template === undefined) return text
    const scope = this.#scope.getStore()
    const isBackground = scope === undefined && execution.getStore() === undefined && template.isBackground
    // In 1970 nothing is overdue yet.
    const nowMs = isBackground ? 0 : (scope?.nowMs ?? this.#host.time.nowMs())
    const now = `'${new Date(nowMs).toISOString()}'::timestamptz`
    let sql = template.parts.join(now)
    if (template.makesJobs) {
      sql = sql.replace(createdMark, () => `(${now} + interval '${this.#microseconds(nowMs)} us')`)
      sql = this.#countIds(sql, values)
    }
    if (scope?.onlyId !== undefined) sql = restricted(sql, scope.onlyId)
    return scope?.terminal ? sql.replaceAll('retry_count < retry_limit', 'false') : sql
  }

  #templateOf(text: string): Template | undefined {
    if (this.#templates.has(text)) return this.#templates.get(text)
    if (this.#templates.size >= keptMax) this.#templates.clear()
    const template = templateOf(text)
    this.#templates.set(text, template)
    return template
  }

  /** Jobs of one millisecond keep their order: pg-boss takes them in the order of `created_on`. */
  #microseconds(nowMs: number): number {
    if (nowMs !== this.#orderAtMs) {
      this.#orderAtMs = nowMs
      this.#order = 0
    }
    return this.#order++
  }

  #countIds(sql: string, values?: unknown[]): string {
    const name = /gen_random_uuid\(\)\) as id,\s+'([^']+)' as name/.exec(sql)?.[1]
    if (name !== undefined) {
      if (!this.#host.isListed(name)) return sql
      const jobs = typeof values?.[0] === 'string' ? (JSON.parse(values[0]) as unknown[]).length : batchMax
      return sql.replace('gen_random_uuid()', this.#take(jobs))
    }
    if (!sql.includes('dlq_jobs as (')) return sql
    const failed = Array.isArray(values?.[1]) ? values[1].length : batchMax
    return sql
      .replace(/(dlq_jobs as \(\s+INSERT INTO \S+ \()name,/, '$1id, name,')
      .replace(
        /SELECT(\s+)r\.dead_letter,/,
        (_, space) => `SELECT${space}${this.#take(failed)}, r.dead_letter,`,
      )
  }

  #take(count: number): string {
    const first = this.#ids
    this.#ids += count
    return `('00000000-0000-4000-8000-' || lpad(to_hex(${first} + row_number() over ()), 12, '0'))::uuid`
  }
}

function templateOf(text: string): Template | undefined {
  if (!text.includes('.job_now()') || definition.test(text) || skew.test(text)) return undefined
  const parts = text
    .replace(created, `${createdMark} as created_on`)
    .replaceAll(/\brandom\(\)/g, '0')
    .split(clock)
  const makesJobs = created.test(text) || text.includes('gen_random_uuid()') || text.includes('dlq_jobs as (')
  return { parts, isBackground: background.test(text), makesJobs }
}

/** The library's own fetch, of one job: which is next over several queues is not its affair. */
function restricted(sql: string, id: string): string {
  return sql.replace(/(FROM \S+ j\s+WHERE j\.name = '[^']*')/, `$1 AND j.id = '${id}'`)
}
