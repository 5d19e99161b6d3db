import {
  type BackendFactory,
  createPostgresBackend,
  FlowProducer,
  type Processor,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from 'bullmq'
import { startPostgres } from './postgres.ts'
import { hasRedis, startRedis } from './redis.ts'

/** Where BullMQ keeps its queues. */
export interface BullmqServer {
  readonly connection: QueueOptions['connection']
  readonly backend: BackendFactory<never, never> | undefined
  stop(): Promise<void>
}

/** Both backends of BullMQ, with what starts a server for it. */
export const bullmqServers: readonly (readonly [
  name: string,
  start: () => Promise<BullmqServer>,
  there: boolean,
])[] = [
  ['Redis', redisServer, hasRedis],
  ['Postgres', postgresServer, true],
]

export async function redisServer(): Promise<BullmqServer> {
  const { connection, stop } = await startRedis()
  return { connection, backend: undefined, stop }
}

export async function postgresServer(): Promise<BullmqServer> {
  const { env, stop } = await startPostgres()
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = env
  const connection = { host, user, database, max: 4 }
  const backend = createPostgresBackend as never
  const first = new Queue('migrations', { connection: { ...connection, migrate: true } as never }, backend)
  await first.waitUntilReady()
  await first.close()
  return { connection: connection as never, backend, stop }
}

let made = 0

/** Makes queues and workers with names of their own, and closes them. */
export class BullmqWorld {
  readonly #server: BullmqServer
  readonly #open: { close(): Promise<unknown> }[] = []

  constructor(server: BullmqServer) {
    this.#server = server
  }

  queue(options: Partial<QueueOptions> = {}): Queue {
    const { connection, backend } = this.#server
    return this.#closed(new Queue(`q${process.pid}-${++made}`, { connection, ...options }, backend as never))
  }

  worker(queue: Queue, processor: Processor, options: Partial<WorkerOptions> = {}): Worker {
    const { connection, backend } = this.#server
    return this.#closed(
      new Worker(queue.name, processor, { connection, autorun: false, ...options }, backend as never),
    )
  }

  flows(): FlowProducer {
    const { connection, backend } = this.#server
    return this.#closed(new FlowProducer({ connection }, backend as never))
  }

  async close(): Promise<void> {
    for (const one of this.#open.splice(0).reverse()) await one.close()
  }

  #closed<T extends { close(): Promise<unknown> }>(one: T): T {
    this.#open.push(one)
    return one
  }
}
