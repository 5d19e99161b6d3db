import { isLost, type QueueServer } from '../answered.ts'
import type { Backend } from './driver.ts'
import { type GuardedConnection, guardClients } from './guard-clients.ts'
import type { QueueStore, StoredJob, StoredOptions } from './store.ts'

interface Pool {
  connect(): Promise<{ readonly host?: string; readonly port?: number; release(): void }>
  query(text: string): Promise<unknown>
}

interface PostgresBackend extends Backend {
  readonly connection: GuardedConnection & { readonly pool: Pool }
  readonly queueName: string
  query(text: string, values: readonly unknown[]): Promise<{ readonly rows: Row[] }>
}

interface Row {
  readonly id: string
  readonly name: string
  readonly data: unknown
  readonly opts: StoredOptions
  readonly priority: number
  readonly state: 'waiting' | 'delayed'
  readonly process_at_ms: string | null
  readonly added_at_ms: string
  readonly processed_at_ms: string | null
  readonly attempts_made: number
  readonly attempts_started: number
}

export function isPostgresBackend(backend: Backend): backend is PostgresBackend {
  return typeof (backend as Partial<PostgresBackend>).connection?.pool?.query === 'function'
}

const columns = `id, name, data, opts, priority, state, process_at_ms, added_at_ms, processed_at_ms,
  attempts_made, attempts_started`
const ofState = (state: string, order: string): string =>
  `SELECT ${columns} FROM job WHERE queue = $1 AND state = '${state}' ORDER BY ${order}`
const READY = ofState('waiting', 'priority, seq')
const DELAYED = ofState('delayed', 'process_at_ms, seq')

const FRONT = `
WITH before AS (SELECT id, priority FROM job WHERE queue = $1 AND id = $2)
UPDATE job SET state = 'waiting', delay_ms = 0, priority = -1,
  seq = (SELECT min(seq) - 1 FROM job WHERE queue = $1) FROM before
WHERE job.queue = $1 AND job.id = before.id AND job.state IN ('waiting', 'delayed')
RETURNING before.priority`

const ARRANGE = `
WITH wanted AS (SELECT id, place FROM unnest($2::text[]) WITH ORDINALITY AS given (id, place)),
places AS (
  SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM job WHERE queue = $1 AND id = ANY ($2)
)
UPDATE job SET seq = places.seq FROM wanted JOIN places USING (place)
WHERE job.queue = $1 AND job.id = wanted.id`

/** A queue of BullMQ on Postgres. */
export class PostgresStore implements QueueStore {
  readonly server: QueueServer
  readonly host: string | undefined
  readonly #backend: PostgresBackend
  #isUp = true
  #looking = false

  static async of(backend: PostgresBackend): Promise<PostgresStore> {
    guardClients(backend.connection)
    await backend.waitUntilReady()
    const client = await backend.connection.pool.connect()
    const { host, port } = client
    client.release()
    return new PostgresStore(backend, host, port)
  }

  private constructor(backend: PostgresBackend, host: string | undefined, port: number | undefined) {
    this.host = host
    this.server = {
      name: `Postgres at ${host ?? 'localhost'}:${port ?? 5432}`,
      isUp: () => this.#look(),
    }
    this.#backend = backend
  }

  /** BullMQ tries for ever where the connection fails; a query of our own tells, by the next time it is asked. */
  #look(): boolean {
    if (!this.#looking) {
      this.#looking = true
      const seen = (isUp: boolean): void => {
        this.#isUp = isUp
        this.#looking = false
      }
      this.#backend.connection.pool.query('SELECT 1').then(
        () => seen(true),
        (error) => seen(!isLost(error)),
      )
    }
    return this.#isUp
  }

  async waiting(): Promise<StoredJob[]> {
    const { rows } = await this.#query(`(${READY}) UNION ALL (${DELAYED})`)
    return rows.map(storedJob)
  }

  async heads(): Promise<StoredJob[]> {
    const { rows } = await this.#query(`(${READY} LIMIT 1) UNION ALL (${DELAYED} LIMIT 1)`)
    return rows.map(storedJob)
  }

  async front(jobId: string): Promise<(job: { priority: number }) => Promise<void>> {
    const { rows } = await this.#query(FRONT, [jobId])
    const [row] = rows
    return async (job) => {
      if (row === undefined) return
      job.priority = row.priority
      await this.#query('UPDATE job SET priority = $3 WHERE queue = $1 AND id = $2', [jobId, row.priority])
    }
  }

  async arrange(jobIds: readonly string[]): Promise<void> {
    await this.#query(ARRANGE, [jobIds])
  }

  async lapse(jobId: string): Promise<void> {
    await this.#query('UPDATE job SET locked_until_ms = 0 WHERE queue = $1 AND id = $2', [jobId])
    await this.allowStalledCheck()
  }

  async allowStalledCheck(): Promise<void> {
    await this.#query("DELETE FROM meta WHERE queue = $1 AND field = 'stalled-check'")
  }

  /** Nothing: all its times are the client's. */
  async pass(): Promise<void> {}

  #query(text: string, values: readonly unknown[] = []): Promise<{ readonly rows: Row[] }> {
    return this.#backend.query(text, [this.#backend.queueName, ...values])
  }
}

function storedJob(row: Row): StoredJob {
  return {
    id: row.id,
    name: row.name,
    data: row.data,
    options: row.opts,
    delayedUntilMs: row.state === 'delayed' ? Number(row.process_at_ms) : undefined,
    priority: row.priority,
    timestampMs: Number(row.added_at_ms),
    processedMs: row.processed_at_ms === null ? undefined : Number(row.processed_at_ms),
    attemptsMade: row.attempts_made,
    attemptsStarted: row.attempts_started,
  }
}
