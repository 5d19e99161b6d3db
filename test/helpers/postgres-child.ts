/** Starts a Postgres, says so, and ends as it is told to; started by test/e2e/postgres.test.ts. */
import pg from 'pg'
import { startPostgres } from './postgres.ts'

const server = await startPostgres()
const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
const client = new pg.Client({ host, user, database })
await client.connect()
const { rows } = await client.query('select 6 * 7 as answer')
console.log(`answer ${rows[0].answer}`)
const ending = process.argv[2]
if (ending === 'exit') process.exit()
if (ending === 'throw') throw new Error('thrown')
if (ending === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000))
await client.end()
await server.stop()
