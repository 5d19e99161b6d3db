import type { EventEmitter } from 'node:events'
import { Queue, Worker } from 'bullmq'
import { Pool, type PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bullmqQueue } from '../../../../src/bullmq.ts'
import { type BullmqServer, postgresServer } from '../../../helpers/bullmq-world.ts'

interface Connection {
  readonly pool: Pool
  getListenClient(): Promise<EventEmitter>
}

let server: BullmqServer
beforeAll(async () => void (server = await postgresServer()))
afterAll(() => server.stop())

const connectionOf = (one: { getBackend(): unknown }) =>
  (one.getBackend() as { connection: Connection }).connection
const cutOff = new Error('terminating connection due to administrator command')
const cut = (client: EventEmitter) => () => client.emit('error', cutOff)

async function borrowed(pool: Pool, use: (client: PoolClient) => void): Promise<PoolClient> {
  const client = await pool.connect()
  use(client)
  client.release()
  return client
}

test('a client that nobody listens to is no uncaught exception while it is checked out', async () => {
  const { connection, backend } = server
  const queue = new Queue('checked', { connection }, backend as never)
  const worker = new Worker('checked', async () => 1, { connection, autorun: false }, backend as never)
  const adapter = bullmqQueue({ workers: [worker] })
  // Before anybody could connect.
  adapter.job(queue, 'a', {})
  await adapter.clear()
  for (const { pool } of [connectionOf(queue), connectionOf(worker)]) {
    const seen: number[] = []
    const client = await borrowed(pool, (one) => {
      expect(cut(one)).not.toThrow()
      seen.push(one.listenerCount('error'))
    })
    // In the pool the pool listens; nothing of the guard is left.
    expect([...seen, client.listenerCount('error')]).toEqual([1, 1])
    await borrowed(pool, () => {})
    expect(client.listenerCount('error')).toBe(1)
  }
  await Promise.all([queue.close(), worker.close()])
})

test('nor is the one that listens, while it is closed', async () => {
  const { connection, backend } = server
  const workers = [1, 2].map(
    () => new Worker('listens', async () => 1, { connection, autorun: false }, backend as never),
  )
  // One is connected when it is taken, the other connects later.
  const early = await connectionOf(workers[0]!).getListenClient()
  for (const worker of workers) await bullmqQueue({ workers: [worker] }).clear()
  const late = await connectionOf(workers[1]!).getListenClient()
  for (const [at, client] of [early, late].entries()) {
    const closing = workers[at]!.close()
    client.removeAllListeners()
    expect(client.listenerCount('error')).toBe(1)
    expect(cut(client)).not.toThrow()
    await closing
  }
})

test('a pool of the user has its own listeners only, once the worker is closed', async () => {
  const { connection, backend } = server
  const { host, user, database } = connection as unknown as Record<'host' | 'user' | 'database', string>
  const pool = new Pool({ host, user, database, options: '-c search_path=bullmq' })
  const counts = () => ['acquire', 'release', 'connect', 'remove'].map((event) => pool.listenerCount(event))
  const worker = new Worker(
    'own',
    async () => 1,
    { connection: pool as never, autorun: false },
    backend as never,
  )
  const before = counts()
  const adapter = bullmqQueue({ workers: [worker] })
  await adapter.clear()
  await adapter.clear()
  expect(counts()).toEqual([before[0]! + 1, before[1]! + 1, ...before.slice(2)])
  await worker.close()
  expect(counts()).toEqual(before)
  await pool.end()
})
