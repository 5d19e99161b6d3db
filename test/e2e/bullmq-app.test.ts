import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../helpers/redis.ts'
import { type Finished, vitest } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

/** An application as BullMQ's documents teach it, default options included, and its repair. */
const project = path.join(REPOSITORY, 'fixtures/projects/bullmq-app')

function steady(output: string): string {
  return output
    .replaceAll(REPOSITORY, '<repository>')
    .replace(/(took|·|\)) [\d.]+ ?m?s\b/g, '$1 <time>')
    .replace(/[ \t]+$/gm, '')
}

describe.skipIf(!hasRedis)('an application with BullMQ', { timeout: 120_000 }, () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis({ own: true })
  })
  afterAll(() => server.stop())

  function run(...files: string[]): Promise<Finished> {
    const { host, port } = server.connection
    const env = { REDIS_HOST: host, REDIS_PORT: String(port) }
    return vitest(['run', '--maxWorkers=1', ...files], { cwd: project, env })
  }

  test('as taught: one passing error kills the job, and so does the second death of a worker', async () => {
    const { code, stderr } = await run('as-taught')
    expect(code).toBe(1)
    await expect(steady(stderr)).toMatchFileSnapshot('bullmq-app.txt')
    expect(stderr).toContain('2 findings')
    expect(stderr).toContain('it was not tried again')
    expect(stderr).toContain('UnrecoverableError: job stalled more than')
  })

  test('with attempts, a backoff and more deaths allowed it survives', async () => {
    const { code, output } = await run('repaired')
    expect([code, /Tests +1 passed \(1\)/.test(output)]).toEqual([0, true])
  })
})
