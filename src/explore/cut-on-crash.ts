import { FaultlineError } from '../model/error.ts'
import { eventLoopTurn, realNowMs } from '../runtime/index.ts'

interface Client {
  on(event: 'error', listener: () => void): unknown
  readonly connection?: { readonly stream?: { destroy(): unknown } }
  readonly processID?: number | null
}

/** The part of a `pg` pool that is needed; its own lists of clients. */
interface Pool {
  readonly _clients: readonly Client[]
  readonly _idle: readonly { readonly client: Client }[]
  readonly _pendingQueue?: unknown[]
  _remove?(client: Client): void
  query(text: string, values: unknown[]): Promise<{ rowCount: number | null }>
}

/** A destroyed socket says so in the last phase of the event loop. */
const closingTurns = 2
/** How long a server may take to notice that a client is gone. */
const noticedWithinMs = 1_000

/**
 * For the option `onCrash`: cuts the connections of a `pg` pool that the dead worker had checked out, as the death
 * of its process would have. Without it, a retry waits for ever for the locks they hold.
 *
 * @example
 * ```ts
 * runSimulation(work, assertions, { onCrash: cutOnCrash(pool) })
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION` for anything but a pool of `pg`.
 */
export function cutOnCrash(pool: object): () => Promise<void> {
  const { _clients, _idle } = (pool ?? {}) as Pool
  if (!Array.isArray(_clients) || !Array.isArray(_idle)) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: "cutOnCrash(pool) takes a Pool of the package 'pg': received something else.",
      hint: 'For another driver give `onCrash` a function that destroys its checked-out connections.',
    })
  }
  return async () => {
    const { _clients, _idle, _pendingQueue } = pool as Pool
    const idle = new Set(_idle.map(({ client }) => client))
    const cut = _clients.filter((client) => !idle.has(client))
    if (_pendingQueue !== undefined) _pendingQueue.length = 0
    for (const client of cut) {
      client.on('error', () => {})
      client.connection?.stream?.destroy()
    }
    for (let turn = 0; turn < closingTurns && cut.length > 0; turn++) await eventLoopTurn()
    // The pool's own queries have released theirs. Nobody is left to release the others: they would take up room in
    // the pool for ever.
    for (const client of cut) if ((pool as Pool)._clients.includes(client)) (pool as Pool)._remove?.(client)
    await noticed(
      pool as Pool,
      cut.flatMap(({ processID }) => processID ?? []),
    )
  }
}

/** Its locks are free once the server has noticed: a retry that only tries to lock must not find them. */
async function noticed(pool: Pool, processes: number[]): Promise<void> {
  if (processes.length === 0) return
  const untilMs = realNowMs() + noticedWithinMs
  try {
    while (realNowMs() < untilMs) {
      const { rowCount } = await pool.query('select from pg_stat_activity where pid = any($1)', [processes])
      if (rowCount === 0) return
    }
  } catch {
    // A server or pooler that cannot tell: the retry waits for the locks, as it would have anyway.
  }
}
