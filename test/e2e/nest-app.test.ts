import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../helpers/redis.ts'
import { type Finished, vitest } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

/** An application of NestJS, as its documents teach queues: Nest makes the queue, the worker and what they need. */
describe.skipIf(!hasRedis)('an application of NestJS', { timeout: 180_000 }, () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis({ own: true })
  })
  afterAll(() => server.stop())

  function run(file: string): Promise<Finished> {
    const { host, port } = server.connection
    const env = { REDIS_HOST: host, REDIS_PORT: String(port) }
    const cwd = path.join(REPOSITORY, 'fixtures/projects/nest-app')
    return vitest(['run', '--maxWorkers=1', file], { cwd, env, timeoutMs: 150_000 })
  }

  test('as taught: a charge whose answer is lost is made again', async () => {
    const { code, output } = await run('as-taught')
    expect(code, output).toBe(1)
    expect(output).toContain('1 finding')
    expect(output).toContain('error after the await on src/gateway.ts:8 settled')
    expect(output).toMatch(/also at +src\/payments\.processor\.ts lines \d+, \d+ \(error, crash\)/)
    expect(output).toContain('expected [ 20, 20 ] to deeply equal [ 20 ]')
  })

  test('with a key that is the same on every attempt it survives, booted anew after each crash', async () => {
    const { code, output } = await run('repaired')
    expect([code, /Tests +1 passed \(1\)/.test(output)], output).toEqual([0, true])
  })
})
