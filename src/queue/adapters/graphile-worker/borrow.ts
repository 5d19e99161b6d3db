import type { SqlConnection, SqlPool } from './driver.ts'

interface Emitter {
  on?(event: 'error', listener: () => void): unknown
  removeListener?(event: 'error', listener: () => void): unknown
}

/**
 * A client of the pool. One that Postgres cuts off while it is held tells so as an event, which is an uncaught exception
 * where nobody listens; whoever queries it next learns of it anyway. graphile-worker listens likewise.
 */
export async function borrow(pool: SqlPool): Promise<SqlConnection> {
  const client: SqlConnection & Emitter = await pool.connect()
  const { release } = client
  client.on?.('error', ignore)
  client.release = (error) => {
    client.release = release
    client.release(error)
    // Only now: the pool listens again.
    client.removeListener?.('error', ignore)
  }
  return client
}

function ignore(): void {}
