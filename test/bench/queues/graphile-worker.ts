import { Logger, makeWorkerUtils, runTaskListOnce } from 'graphile-worker'
import { Pool } from 'pg'
import { graphileWorkerQueue } from '../../../src/graphile-worker.ts'
import { startPostgres } from '../../helpers/postgres.ts'
import type { BenchQueue } from './bench-queue.ts'

const tasks = { bench: async () => {} }

export const graphileWorker: BenchQueue = {
  name: 'graphile-worker',
  async start() {
    const server = await startPostgres()
    const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
    const pool = new Pool({ host, user, database })
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    const logger = new Logger(() => () => {})
    const utils = await makeWorkerUtils({ pgPool: pool, logger })
    await utils.migrate()
    const options = { logger, noHandleSignals: true }
    return {
      adapter: graphileWorkerQueue({ pool, tasks }),
      async add(jobs) {
        await utils.addJobs(Array.from({ length: jobs }, (_, n) => ({ identifier: 'bench', payload: { n } })))
      },
      // Its worker does not wait for the end of one job before it asks for the next; one job at a time it does.
      async bare() {
        const client = await pool.connect()
        let last: Promise<unknown> = Promise.resolve()
        const query = (...args: [string]): Promise<unknown> => {
          const result = last.then(() => client.query(...args))
          last = result.catch(() => undefined)
          return result
        }
        await runTaskListOnce(options, tasks, { query } as never).promise
        client.release()
      },
      async worker() {
        const client = await pool.connect()
        await runTaskListOnce(options, tasks, client).promise
        client.release()
      },
      async stop() {
        await utils.release()
        await pool.end()
        await server.stop()
      },
    }
  },
}
