import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'
import { nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'
import { compareVerdicts } from '../helpers/verdicts.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

test.each([
  { queue: 'graphile-worker', project: 'workers-graphile', env: {}, failed: 'crash@src/tasks.ts:9' },
  {
    queue: 'pg-boss',
    project: 'workers-pg-boss',
    env: { EXPIRE_S: '2' },
    failed: 'crash@src/take-payment.ts:9',
  },
])(
  'a crash that is simulated and a real SIGKILL come to the same verdict where $queue delivers',
  { timeout: 180_000 },
  async ({ project, env, failed }) => {
    const register = path.join(REPOSITORY, 'test/helpers/register-source.ts')
    const { stdout, stderr } = await nodeTool(['--import', register, 'compare.ts'], {
      cwd: path.join(REPOSITORY, 'fixtures/projects', project),
      env: { ...server.env, ...env },
      timeoutMs: 150_000,
    })
    expect(stderr).toBe('')
    const { simulated, real, twoJobs } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
    // Each has the id that the library gave it: they are told apart.
    expect(twoJobs).toEqual([
      'payment-1, delivery 1, process 1',
      'payment-2, delivery 1, process 1',
      'payment-2, delivery 2, process 2',
    ])
    expect(compareVerdicts(simulated, real)).toEqual({
      compared: 6,
      disagree: [],
      failed: [failed],
      onlyReal: [],
      onlySimulated: [],
      others: [],
    })
  },
)
