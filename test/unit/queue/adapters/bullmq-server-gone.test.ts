import { Queue, Worker } from 'bullmq'
import { expect, test } from 'vitest'
import { losesServer } from '../../../../fixtures/engine/bullmq-jobs.ts'
import { bullmqQueue } from '../../../../src/bullmq.ts'
import { simulate } from '../../../../src/index.ts'
import { type BullmqServer, postgresServer } from '../../../helpers/bullmq-world.ts'
import { canStartRedis, startRedis } from '../../../helpers/redis.ts'

/** Simulates a job in the middle of which the server goes away: the message of what that ends with. */
async function goneDuring(
  { connection, backend }: Pick<BullmqServer, 'connection' | 'backend'>,
  lose: () => Promise<unknown>,
): Promise<{ code: string; message: string; realMs: number }> {
  const mails = new Queue('mails', { connection }, backend as never)
  const perform = () => losesServer(async () => void (await lose()))
  const worker = new Worker('mails', perform, { connection, autorun: false }, backend as never)
  mails.on('error', () => undefined)
  worker.on('error', () => undefined)
  const startMs = performance.now()
  try {
    const queue = bullmqQueue({ workers: [worker] })
    await simulate(queue.job(mails, 'welcome', {}), () => true, { queue })
  } catch (error) {
    return {
      ...(error as { code: string; message: string }),
      message: String(error),
      realMs: performance.now() - startMs,
    }
  } finally {
    await worker.close(true)
    // On Redis it waits for a server that never comes back.
    void mails.disconnect()
  }
  throw new Error('The simulation ended as if nothing had happened.')
}

test.skipIf(!canStartRedis)('a Redis that goes away is an error that names it, soon', async () => {
  const server = await startRedis({ own: true })
  const { connection } = server
  const { code, message, realMs } = await goneDuring({ connection, backend: undefined }, async () =>
    process.kill(server.pid!, 'SIGKILL'),
  )
  await server.stop()
  expect(code).toBe('FAULTLINE_SERVER_GONE')
  expect(message).toContain(`Redis at 127.0.0.1:${connection.port} went away`)
  expect(realMs).toBeLessThan(15_000)
})

test('a Postgres that goes away is an error that names it, soon', async () => {
  const server = await postgresServer()
  const { code, message, realMs } = await goneDuring(server, () => server.stop())
  expect(code).toBe('FAULTLINE_SERVER_GONE')
  expect(message).toMatch(/Postgres at \S+ went away/)
  expect(realMs).toBeLessThan(15_000)
})

test('a server that was never there', async () => {
  const connection = { host: '127.0.0.1', port: 1 }
  const worker = new Worker('mails', async () => 1, { connection, autorun: false })
  worker.on('error', () => undefined)
  await expect(bullmqQueue({ workers: [worker] }).clear()).rejects.toMatchObject({
    code: 'FAULTLINE_SERVER_GONE',
    message: expect.stringContaining("the server of the queue 'mails' (127.0.0.1:1)"),
  })
  await worker.close(true)
})
