import { PgBoss } from 'pg-boss'
import { pgBossQueue } from '../../../src/pg-boss.ts'
import { startPostgres } from '../../helpers/postgres.ts'
import type { BenchQueue } from './bench-queue.ts'

const name = 'bench'

export const pgBoss: BenchQueue = {
  name: 'pg-boss',
  async start() {
    const server = await startPostgres()
    const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
    const start = (): Promise<PgBoss> => new PgBoss({ host, user, database }).start()
    const [byHand, driven] = [await start(), await start()]
    await byHand.createQueue(name)
    return {
      adapter: pgBossQueue({ boss: driven, handlers: { [name]: async () => {} } }),
      async add(jobs) {
        // One by one, as an application does: those that are inserted together are fetched in any order.
        for (let n = 0; n < jobs; n++) await driven.send(name, { n })
      },
      async bare() {
        for (;;) {
          const [job] = await byHand.fetch(name, { includeMetadata: true })
          if (job === undefined) return
          await byHand.complete(name, job)
        }
      },
      async stop() {
        for (const boss of [byHand, driven]) await boss.stop({ graceful: false })
        await server.stop()
      },
    }
  },
}
