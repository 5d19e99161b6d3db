import { borrow } from './borrow.ts'
import type { SqlConnection, SqlPool, SqlQuery, SqlResult } from './driver.ts'

/** The part of a PGlite that is needed. */
export interface PGliteLike {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[]; affectedRows?: number }>
  exec(text: string): Promise<{ rows: unknown[]; affectedRows?: number }[]>
}

/** A PGlite is told by running scripts; a `Pool` of `pg` runs them as any other query. */
export function isPGlite(value: unknown): value is PGliteLike {
  return typeof (value as PGliteLike | undefined)?.exec === 'function' && 'query' in (value as object)
}

/** A PGlite as a pool: it has one connection, and everybody gets that. */
export function pglitePool(pglite: PGliteLike): SqlPool {
  const query = async (query: string | SqlQuery, given?: unknown[]): Promise<SqlResult> => {
    const { text, values = given } = typeof query === 'string' ? { text: query } : query
    // Only without parameters may a text hold several statements.
    const result = values?.length ? await pglite.query(text, values) : (await pglite.exec(text)).at(-1)
    return { rows: (result?.rows ?? []) as SqlResult['rows'], rowCount: result?.affectedRows ?? 0 }
  }
  const connection: SqlConnection = { query, release: () => {} }
  return { query, connect: async () => connection }
}

/** For a short while: graphile-worker warns of pools that nobody listens to. */
export function quietPool(pool: SqlPool): SqlPool {
  const events = { on: () => {}, removeListener: () => {}, listeners: () => [() => {}] }
  return Object.assign(events, { query: pool.query.bind(pool), connect: () => borrow(pool) })
}
