import { type Job, Queue, Worker } from 'bullmq'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { childEachTime, losesServer, parentAndChild } from '../../../../fixtures/engine/bullmq-jobs.ts'
import { bullmqQueue } from '../../../../src/bullmq.ts'
import {
  crash,
  defineJob,
  enqueuedBy,
  glitchAt,
  performAll,
  runScenario,
  runSimulation,
  simulate,
  trace,
} from '../../../../src/index.ts'
import { type BullmqServer, BullmqWorld, redisServer } from '../../../helpers/bullmq-world.ts'
import { canStartRedis, hasRedis, startRedis } from '../../../helpers/redis.ts'

class World {
  readonly done: string[] = []
  readonly #keys = new Set<string>()

  once = async (key: string): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve))
    if (this.#keys.has(key)) return
    this.#keys.add(key)
    this.done.push(key)
  }

  reset(): void {
    this.done.length = 0
    this.#keys.clear()
  }
}

describe.skipIf(!hasRedis)('simulations on BullMQ', { timeout: 60_000 }, () => {
  let server: BullmqServer
  let bullmq: BullmqWorld
  const world = new World()
  const now = new Date('2026-03-01T12:00:00Z')
  const setup = () => world.reset()

  beforeAll(async () => {
    server = await redisServer()
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    bullmq = new BullmqWorld(server)
  })
  afterEach(() => bullmq.close())

  test('what the application adds is the work, every family of faults strikes it, and it survives', async () => {
    const orders = bullmq.queue({ defaultJobOptions: { attempts: 3 } })
    const worker = bullmq.worker(orders, (job) => parentAndChild(job, orders, world), { autorun: true })
    const queue = bullmqQueue({ workers: [worker] })
    const report = await runSimulation(
      enqueuedBy(() => orders.add('parent', {})),
      () => expect([...world.done].sort()).toEqual(['child of 1', 'parent']),
      { queue, setup, now, faults: 'all' },
    )
    expect(report.summary.failed).toBe(0)
    const struck = new Set(report.scenarios.flatMap(({ faults }) => faults.map(({ fault }) => fault)))
    expect([...struck].sort()).toEqual([
      'crash',
      'delay',
      'duplicate',
      'eager',
      'error',
      'interrupt',
      'stall',
    ])
    const keys = report.points.filter(({ kind }) => kind === 'enqueue').map(({ key }) => key)
    expect(keys).toEqual(['before-enqueue:child', 'after-enqueue:child'])
  })

  test('a child for each attempt is found', async () => {
    const orders = bullmq.queue({ defaultJobOptions: { attempts: 3 } })
    const worker = bullmq.worker(orders, (job) => childEachTime(job, orders, world))
    const queue = bullmqQueue({ workers: [worker] })
    const report = await simulate(
      queue.job(orders, 'parent', () => ({ at: new Date() })),
      () => expect(world.done.filter((what) => what.startsWith('child'))).toHaveLength(1),
      { queue, setup, now },
    )
    const ids = report.failures.map(({ id }) => id)
    expect(ids).toContain('crash@after-enqueue:child')
    expect(report.summary.survived).toBeGreaterThan(0)
    expect(
      report.failures[0]!.timeline.some(({ kind, detail }) => kind === 'enqueued' && detail === 'child'),
    ).toBe(true)
  })

  test('trace and runScenario take the adapter too', async () => {
    const orders = bullmq.queue()
    const worker = bullmq.worker(orders, (job) => parentAndChild(job, orders, world))
    const queue = bullmqQueue({ workers: [worker] })
    const work = queue.job(orders, 'parent', {})
    const points = await trace(work, { queue, setup, now })
    expect(points.map(({ jobId }) => jobId)).toContain(`${orders.name}:child-1`)
    const result = await runScenario(
      work,
      {
        queue,
        setup,
        now,
        glitch: glitchAt('fixtures/engine/bullmq-jobs.ts', "await queue.add('child', { parent", crash()),
      },
      () => expect(world.done).toEqual(['parent', 'child of 1']),
    )
    expect(result.outcome).toBe('survived')
    expect(result.timeline.find(({ kind }) => kind === 'redelivered')!.at - now.getTime()).toBe(30_000)
  })

  test('an application that is booted again after a crash yields its workers anew', async () => {
    const orders = bullmq.queue()
    let boots = 0
    let workers: Worker[] = []
    const boot = (): void => {
      boots++
      workers = [bullmq.worker(orders, (job: Job) => parentAndChild(job, orders, world), { autorun: true })]
    }
    const shutDown = () => Promise.all(workers.map((worker) => worker.close()))
    const queue = bullmqQueue({ workers: async () => workers })
    const report = await runSimulation(
      queue.job(orders, 'parent', {}),
      () => expect(world.done).toEqual(['parent', 'child of 1']),
      {
        queue,
        setup,
        now,
        faults: ['crash'],
        boot() {
          boot()
          return shutDown
        },
        async restart() {
          await shutDown()
          boot()
        },
      },
    )
    expect(report.summary.survived).toBeGreaterThan(5)
    expect(boots).toBeGreaterThan(report.summary.survived)
  })

  test('jobs that a delivery adds are watched while it runs, and BullMQ is as before', async () => {
    const orders = bullmq.queue()
    const before = Object.getOwnPropertyDescriptors((orders as unknown as { Job: object }).Job)
    const worker = bullmq.worker(orders, (job) => parentAndChild(job, orders, world))
    const queue = bullmqQueue({ workers: [worker] })
    const own = Reflect.ownKeys(worker)
    await queue.clear()
    await queue.enqueue(queue.job(orders, 'parent', {}))
    await performAll(queue)
    expect(Object.getOwnPropertyDescriptors((orders as unknown as { Job: object }).Job)).toEqual(before)
    expect(Reflect.ownKeys(worker).filter((key) => !own.includes(key))).toEqual([])
  })

  describe('used wrongly', () => {
    test.each([
      ['no options', undefined],
      ['no workers', { workers: [] }],
      ['what is no worker', { workers: [{ name: 'mails' }] }],
      ['a function that yields none', { workers: () => [] }],
    ])('%s', async (_what, options) => {
      const attempt = async () => bullmqQueue(options as never).clear()
      await expect(attempt()).rejects.toMatchObject({ code: 'FAULTLINE_BAD_OPTION' })
    })

    test('a job of another queue library, and a queue that nobody works on', async () => {
      const [mails, others] = [bullmq.queue(), bullmq.queue()]
      const queue = bullmqQueue({ workers: [bullmq.worker(mails, async () => 1)] })
      const charge = defineJob({ name: 'charge', perform: () => undefined })
      await expect(queue.enqueue(charge.with(1))).rejects.toMatchObject({
        code: 'FAULTLINE_UNKNOWN_JOB',
        hint: expect.stringContaining('enqueuedBy'),
      })
      await expect(
        simulate(
          () => undefined,
          () => true,
          { queue },
        ),
      ).rejects.toMatchObject({
        code: 'FAULTLINE_UNKNOWN_JOB',
      })
      await expect(queue.enqueue(queue.job(others, 'x', {}))).rejects.toMatchObject({
        code: 'FAULTLINE_UNKNOWN_JOB',
        message: expect.stringContaining(`Nobody performs the jobs of the queue '${others.name}'`),
      })
    })

    test('a worker that was closed', async () => {
      const mails = bullmq.queue()
      const worker = bullmq.worker(mails, async () => 1)
      const queue = bullmqQueue({ workers: [worker] })
      await queue.clear()
      await worker.close()
      await expect(queue.claim('w')).rejects.toMatchObject({ code: 'FAULTLINE_BAD_OPTION' })
    })

    test('queues on the host of others are left alone', async () => {
      const mails = bullmq.queue()
      const worker = bullmq.worker(mails, async () => 1, { autorun: true })
      await mails.add('theirs', {}, { delay: 1_000_000 })
      const client = (await worker.getBackend().client) as unknown as { options: { host: string } }
      const { host } = client.options
      client.options.host = 'redis.example.com'
      try {
        await expect(bullmqQueue({ workers: [worker] }).clear()).rejects.toMatchObject({
          code: 'FAULTLINE_REMOTE',
          message: expect.stringContaining('redis.example.com'),
          hint: expect.stringContaining('allowRemote: true'),
        })
        expect(worker.isRunning()).toBe(true)
        expect(await mails.getDelayedCount()).toBe(1)
        await bullmqQueue({ workers: [worker], allowRemote: true }).clear()
        expect(await mails.getDelayedCount()).toBe(0)
      } finally {
        client.options.host = host
      }
    })
  })

  test.skipIf(!canStartRedis)('a server that goes away is an error that names it, soon', async () => {
    const own = await startRedis({ own: true })
    const { connection } = own
    const mails = new Queue('mails', { connection })
    const worker = new Worker(
      'mails',
      () => losesServer(async () => process.kill(own.pid!, 'SIGKILL') as never),
      {
        connection,
        autorun: false,
      },
    )
    mails.on('error', () => undefined)
    worker.on('error', () => undefined)
    try {
      const queue = bullmqQueue({ workers: [worker] })
      const startMs = performance.now()
      await expect(
        simulate(queue.job(mails, 'welcome', {}), () => true, { queue, now }),
      ).rejects.toMatchObject({
        code: 'FAULTLINE_SERVER_GONE',
        message: expect.stringContaining(`Redis at 127.0.0.1:${connection.port} went away`),
      })
      expect(performance.now() - startMs).toBeLessThan(15_000)
    } finally {
      await worker.close(true)
      // It waits for a server that never comes back.
      void mails.disconnect()
      await own.stop()
    }
  })
})
