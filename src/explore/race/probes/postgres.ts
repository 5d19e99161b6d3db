import { eventLoopTurn, realNowMs } from '../../../runtime/index.ts'
import type { ServerWait, WaitObserver, WaitProbe } from './probe.ts'

/** The part of a `pg` client that is used. */
interface Client {
  readonly processID: number
  readonly connectionParameters: Readonly<Record<string, unknown>>
  readonly password?: unknown
  readonly connection?: { readonly stream?: { destroy(): unknown } }
  readonly constructor: new (config: Record<string, unknown>) => Client
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
  connect(): Promise<unknown>
  end(): Promise<void>
  on(event: 'error', listener: () => void): unknown
}

interface Row {
  readonly pid: number
  readonly by: number[]
  readonly state: string | null
  readonly locktype: string | null
  readonly relation: string | null
}

/** A destroyed socket says so in the last phase of the event loop. */
const closingTurns = 2
/** How long a session may take to end. */
const goneWithinMs = 2_000

/** The error of the one that Postgres takes for its victim. */
const deadlockDetected = '40P01'

const question = `
  select asked.pid, pg_blocking_pids(asked.pid) as by, a.state, l.locktype, l.relation::regclass::text as relation
  from unnest($1::int[]) as asked(pid)
  left join pg_stat_activity a on a.pid = asked.pid
  left join pg_locks l on l.pid = asked.pid and not l.granted
`

/** Postgres, through the clients of `pg`: `pg_blocking_pids`. */
export const postgresProbe: WaitProbe = {
  name: 'postgres',
  accepts: (connection) => clientOf(connection) !== undefined,
  deadlock: (error, connections) => {
    const { code, detail, cause } = (error ?? {}) as { code?: unknown; detail?: unknown; cause?: unknown }
    if (code !== deadlockDetected || typeof detail !== 'string')
      return cause === undefined || cause === error ? undefined : postgresProbe.deadlock(cause, connections)
    const pids = connections.map((connection) => clientOf(connection)?.processID)
    const told = [...detail.matchAll(/Process (\d+) waits for \w+ on (.*?); blocked by process (\d+)/g)]
    return pids.map((pid) => {
      const [, , lock = '', by] = told.find(([, waiting]) => Number(waiting) === pid) ?? []
      if (by === undefined) return undefined
      return {
        by: [pids.indexOf(Number(by))],
        what: lockInWords(kindOfLock(lock), null),
      }
    })
  },
  reset: async (connection) => {
    const client = clientOf(connection)!
    await client.query('rollback')
    await client.query('discard all')
  },
  open: async (connection) => {
    const client = clientOf(connection)!
    const { user, database, host, port, ssl, options } = client.connectionParameters
    const password = client.password ?? client.connectionParameters.password
    const observer = new client.constructor({ user, database, host, port, ssl, options, password })
    // The server may go down with the test; nobody waits for this connection.
    observer.on('error', () => {})
    await observer.connect()
    return observerOver(observer)
  },
}

function observerOver(observer: Client): WaitObserver {
  return {
    waits: async (connections) => {
      const pids = connections.map((connection) => clientOf(connection)?.processID)
      const { rows } = await observer.query(question, [pids.filter((pid) => pid !== undefined)])
      return pids.map((pid) => {
        const row = (rows as unknown as Row[]).find((one) => one.pid === pid)
        if (row === undefined) return undefined
        if (row.by.length > 0) return waitOf(row, pids)
        // After an error it says so first, and lets go of its locks then.
        return row.state === 'active' ? 'busy' : undefined
      })
    },
    cut: async (connection) => {
      const client = clientOf(connection)!
      client.on('error', () => {})
      // Its own end of it first: what the server says last would reach a pool that it went back to meanwhile.
      client.connection?.stream?.destroy()
      for (let turn = 0; turn < closingTurns; turn++) await eventLoopTurn()
      const untilMs = realNowMs() + goneWithinMs
      // A session that works does not notice that its client is gone.
      const ask = 'select pg_terminate_backend(pid) from pg_stat_activity where pid = $1'
      while (realNowMs() < untilMs) {
        const { rows } = await observer.query(ask, [client.processID])
        if (rows.length === 0) return
        await eventLoopTurn()
      }
    },
    close: () => observer.end(),
  }
}

function waitOf({ by, locktype, relation }: Row, pids: readonly (number | undefined)[]): ServerWait {
  const what = locktype === null ? undefined : lockInWords(locktype, relation)
  return { by: [...new Set(by)].map((pid) => pids.indexOf(pid)), ...(what === undefined ? {} : { what }) }
}

/** `tuple (0,2) of relation 16401 of database 5`: the numbers differ from server to server. */
function kindOfLock(text: string): string {
  const [kind = text] = text.split(' ', 1)
  return kind === 'transaction' ? 'transactionid' : kind
}

function lockInWords(locktype: string, relation: string | null): string {
  if (locktype === 'advisory') return 'an advisory lock'
  if (locktype === 'transactionid' || locktype === 'virtualxid') return 'the end of its transaction'
  if (relation === null) return `a lock (${locktype})`
  return locktype === 'tuple' ? `a row of ${relation}` : `a lock on ${relation}`
}

/** The client itself, or one that is wrapped. */
function clientOf(connection: unknown): Client | undefined {
  for (const candidate of [connection, (connection as { client?: unknown } | undefined)?.client]) {
    if (typeof candidate !== 'object' || candidate === null) continue
    const { processID, connectionParameters, query } = candidate as Partial<Client>
    if (typeof processID === 'number' && connectionParameters !== undefined && typeof query === 'function')
      return candidate as Client
  }
  return undefined
}
