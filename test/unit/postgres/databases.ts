import { PGlite } from '@electric-sql/pglite'
import { Client, Pool } from 'pg'
import type { PostgresClient } from '../../../src/queue/adapters/postgres-client.ts'
import { type PostgresServer, startPostgres } from '../../helpers/postgres.ts'

/** A database as one of the clients that users have. */
export interface Database {
  readonly client: PostgresClient
  exec(sql: string): Promise<unknown>
  close(): Promise<unknown>
}

let server: Promise<PostgresServer> | undefined

async function connection(): Promise<{ host: string; user: string; database: string }> {
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = (await (server ??= startPostgres())).env
  return { host, user, database }
}

export const databases: Record<string, () => Promise<Database>> = {
  'pg Pool': async () => {
    const pool = new Pool(await connection())
    return { client: pool, exec: (sql) => pool.query(sql), close: () => pool.end() }
  },
  'pg Client': async () => {
    const client = new Client(await connection())
    await client.connect()
    return { client, exec: (sql) => client.query(sql), close: () => client.end() }
  },
  PGlite: async () => {
    const pglite = await PGlite.create()
    return { client: pglite, exec: (sql) => pglite.exec(sql), close: () => pglite.close() }
  },
}

export async function stopServer(): Promise<void> {
  await (await server)?.stop()
}
