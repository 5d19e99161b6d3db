import { runMigrations } from 'graphile-worker'
import { Pool } from 'pg'
import { expect, test } from 'vitest'
import { book } from '../../../../fixtures/engine/graphile-jobs.ts'
import { graphileWorkerQueue } from '../../../../src/graphile-worker.ts'
import { runSimulation } from '../../../../src/index.ts'
import { startPostgres } from '../../../helpers/postgres.ts'

test('the transaction of a worker that dies in withPgClient ends with it', async () => {
  const server = await startPostgres()
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
  const pool = new Pool({ host, user, database })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    await runMigrations({ pgPool: pool })
    await pool.query('create table bookings (id serial)')
    const queue = graphileWorkerQueue({ pool, tasks: { book, mail: async () => {} } })
    const report = await runSimulation(
      queue.job('book', {}, { maxAttempts: 4 }),
      async ({ faults }) => {
        const { rows } = await pool.query('select count(*)::int as count from bookings')
        // Between `begin` and `commit`: nothing of the dead delivery is there.
        const isWithin = faults.every(({ point: { line } }) => line >= 6 && line <= 9)
        expect([1, isWithin ? 1 : 2]).toContain(rows[0].count)
      },
      { queue, faults: ['crash'], setup: () => pool.query('truncate bookings') },
    )
    expect(report.summary.survived).toBeGreaterThan(8)
  } finally {
    await pool.end()
    await server.stop()
  }
})
