import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'
import { type Finished, vitest } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

/** Applications as the documents of these libraries teach them, with a bug that shows on that queue only. */
const apps = [
  {
    name: 'pg-boss-app',
    bug: 'a zombie that lets go completes the attempt of the worker that took over',
    strikes: [
      '1. stall after the await on src/invoices.ts:7',
      '2. crash after the await on src/invoices.ts:7',
    ],
    ending: 'the queue refused the end of',
  },
  {
    name: 'graphile-app',
    bug: 'a zombie that lets go deletes the job, and the retry of the other worker with it',
    strikes: [
      '1. stall after the await on src/invoices.ts:7',
      '2. error after the await on src/invoices.ts:7',
    ],
    ending: 'completed 1',
  },
]

describe.each(apps)('$name', { timeout: 180_000 }, ({ name, bug, strikes, ending }) => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  function run(file: string): Promise<Finished> {
    const cwd = path.join(REPOSITORY, 'fixtures/projects', name)
    return vitest(['run', '--maxWorkers=1', file], { cwd, env: { ...server.env }, timeoutMs: 150_000 })
  }

  test(`as taught: ${bug}`, async () => {
    const { code, output } = await run('as-taught')
    expect(code).toBe(1)
    expect(output).toContain('1 finding')
    for (const strike of strikes) expect(output).toContain(strike)
    expect(output).toContain(ending)
  })

  test('repaired it survives', async () => {
    const { code, output } = await run('repaired')
    expect([code, /Tests +1 passed \(1\)/.test(output)], output).toEqual([0, true])
  })
})
