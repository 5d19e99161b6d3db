import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { expect, test } from 'vitest'
import { bullmqQueue } from '../../../../src/bullmq.ts'
import { graphileWorkerQueue } from '../../../../src/graphile-worker.ts'
import { pgBossQueue } from '../../../../src/pg-boss.ts'
import { postgresReset, postgresSnapshot } from '../../../../src/postgres.ts'

// Never connected.
const boss = () => new PgBoss({ host: '127.0.0.1' })
const pool = new pg.Pool({ host: '127.0.0.1' })
const handlers = { mail: async () => {} }
const tasks = { greet: async () => {} }

const cases: [what: string, make: () => unknown, message: string][] = [
  [
    'bullmqQueue, nothing',
    () => bullmqQueue(undefined as never),
    'bullmqQueue takes an object of options: received undefined; allowed are workers, allowRemote.',
  ],
  [
    'bullmqQueue, a misspelt option',
    () => bullmqQueue({ workers: [], allowRemotes: true } as never),
    "bullmqQueue has no option 'allowRemotes'; allowed are workers, allowRemote.\n  hint: Did you mean 'allowRemote'?",
  ],
  [
    'bullmqQueue, a yes',
    () => bullmqQueue({ workers: [], allowRemote: 'yes' as never }),
    "bullmqQueue: allowRemote must be true or false: received 'yes'.",
  ],
  ['pgBossQueue, nothing', () => pgBossQueue(undefined as never), 'received undefined; allowed are boss'],
  [
    'pgBossQueue, a misspelt option',
    () => pgBossQueue({ boss: boss(), handler: handlers } as never),
    "Did you mean 'handlers'?",
  ],
  [
    'pgBossQueue, handlers that are a list',
    () => pgBossQueue({ boss: boss(), handlers: [async () => {}] as never }),
    'pgBossQueue: handlers must be functions by the name of their queue: received an array.',
  ],
  [
    'pgBossQueue, no handlers',
    () => pgBossQueue({ boss: boss(), handlers: {} }),
    'pgBossQueue: handlers must be at least one function by the name of its queue: received none.',
  ],
  [
    'pgBossQueue, a handler that is none',
    () => pgBossQueue({ boss: boss(), handlers: { mail: 'send' as never } }),
    "pgBossQueue: the handler of 'mail' must be a function: received 'send'.",
  ],
  [
    'pgBossQueue, a pool that is none',
    () => pgBossQueue({ boss: boss(), handlers, pool: { host: '127.0.0.1' } }),
    "pgBossQueue: pool must be a Pool of the package 'pg': received an object.",
  ],
  ['graphileWorkerQueue, null', () => graphileWorkerQueue(null as never), 'received null; allowed are pool'],
  [
    'graphileWorkerQueue, a misspelt option',
    () => graphileWorkerQueue({ pool, tasks, shema: 'jobs' } as never),
    "Did you mean 'schema'?",
  ],
  [
    'graphileWorkerQueue, tasks that are none',
    () => graphileWorkerQueue({ pool, tasks: null as never }),
    'graphileWorkerQueue: tasks must be functions by the names of their tasks: received null.',
  ],
  [
    'graphileWorkerQueue, an empty schema',
    () => graphileWorkerQueue({ pool, tasks, schema: '' }),
    "graphileWorkerQueue: schema must be a text that is not empty: received ''.",
  ],
  [
    'a job without a name',
    () => graphileWorkerQueue({ pool, tasks }).job(undefined as never),
    'The name of a job must be a string that is not empty: received undefined.',
  ],
  [
    'a job of pg-boss with a misspelt option',
    () => {
      const queue = pgBossQueue({ boss: boss(), handlers })
      return queue.enqueue(queue.job('mail', {}, { retryLimt: 3 } as never))
    },
    "pg-boss has no option 'retryLimt' for the job 'mail'.\n  hint: Did you mean 'retryLimit'?",
  ],
  [
    'a job of graphile-worker with a misspelt option',
    () => {
      const queue = graphileWorkerQueue({ pool, tasks })
      return queue.enqueue(queue.job('greet', {}, { maxAttempt: 3 } as never))
    },
    "Did you mean 'maxAttempts'?",
  ],
  [
    'a job of graphile-worker with a list for options',
    () => {
      const queue = graphileWorkerQueue({ pool, tasks })
      return queue.enqueue(queue.job('greet', {}, [] as never))
    },
    "The options of the job 'greet' must be an object: received an array.",
  ],
  [
    'postgresSnapshot, nothing',
    () => postgresSnapshot(undefined as never),
    "postgresSnapshot(pool) takes a Pool or a Client of the package 'pg', or a PGlite: received undefined.",
  ],
  [
    'postgresSnapshot, a misspelt option',
    () => postgresSnapshot(pool, { ignores: [] } as never),
    "postgresSnapshot has no option 'ignores'; allowed are schemas, ignore.",
  ],
  [
    'postgresSnapshot, one name',
    () => postgresSnapshot(pool, { ignore: 'orders' as never }),
    "postgresSnapshot: ignore must be a list of names of tables and columns: received 'orders'.",
  ],
  [
    'postgresSnapshot, no schema',
    () => postgresSnapshot(pool, { schemas: [] }),
    'postgresSnapshot: schemas must be a list of at least one name: received a list of 0.',
  ],
  [
    'postgresReset, null for options',
    () => postgresReset(pool, null as never),
    'postgresReset takes an object of options: received null; allowed are schemas, ignore, allowRemote.',
  ],
  [
    'postgresReset, an address',
    () => postgresReset('postgres://127.0.0.1' as never),
    'postgresReset(pool) takes a Pool',
  ],
]

test.for(cases)('%s', async ([, make, message]) => {
  await expect((async () => make())()).rejects.toMatchObject({
    code: 'FAULTLINE_BAD_OPTION',
    message: expect.stringContaining(message),
  })
})
