import { type Job, Worker } from 'bullmq'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addsUp, childEachTime, parentAndChild } from '../../../../fixtures/engine/bullmq-jobs.ts'
import { bullmqQueue } from '../../../../src/bullmq.ts'
import {
  crash,
  defineJob,
  enqueuedBy,
  exploreRaces,
  glitchAt,
  performAll,
  runScenario,
  runSimulation,
  simulate,
  trace,
} from '../../../../src/index.ts'
import { type BullmqServer, BullmqWorld, bullmqServers } from '../../../helpers/bullmq-world.ts'

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

describe.for(bullmqServers)('simulations on BullMQ, %s', ([name, start, isThere]) => {
  describe.skipIf(!isThere)('driven', () => {
    let server: BullmqServer
    let bullmq: BullmqWorld
    const world = new World()
    const now = new Date('2026-03-01T12:00:00Z')
    const setup = () => world.reset()

    beforeAll(async () => {
      server = await start()
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

    test('an application that is booted again after a crash yields its workers anew, and they wait', async () => {
      const orders = bullmq.queue()
      const { run } = Worker.prototype
      let boots = 0
      let workers: Worker[] = []
      const boot = (): void => {
        boots++
        workers = [bullmq.worker(orders, (job: Job) => parentAndChild(job, orders, world), { autorun: true })]
      }
      const shutDown = () => Promise.all(workers.map((worker) => worker.close()))
      const queue = bullmqQueue({ workers: async () => workers })
      const report = await runSimulation(
        enqueuedBy(async () => {
          await orders.add('parent', {})
          await orders.add('child', { parent: 'another' })
        }),
        ({ performed }) => {
          expect(world.done.toSorted()).toEqual(['child of 1', 'child of another', 'parent'])
          const completed = performed.filter(({ outcome }) => outcome === 'completed')
          expect(completed.map(({ name }) => name).sort()).toEqual(['child', 'child', 'parent'])
        },
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
            // Longer than its loop takes to find the other job.
            await Promise.all(workers.map((worker) => worker.waitUntilReady()))
            await new Promise((resolve) => setTimeout(resolve, 5))
          },
        },
      )
      expect(report.summary.survived).toBeGreaterThan(5)
      expect(boots).toBeGreaterThan(report.summary.survived)
      expect(Worker.prototype.run).toBe(run)
    })

    test('two jobs race, each on a worker of its own', async () => {
      const orders = bullmq.queue()
      const balance = { value: 0 }
      const worker = bullmq.worker(orders, () => addsUp(balance, world))
      const queue = bullmqQueue({ workers: [worker] })
      const report = await exploreRaces(
        [queue.job(orders, 'first', {}), queue.job(orders, 'second', {})],
        () => expect(balance.value).toBe(2),
        {
          queue,
          now,
          setup() {
            world.reset()
            balance.value = 0
          },
        },
      )
      expect(report.summary.run).toBeGreaterThan(1)
      expect(report.summary.failed).toBeGreaterThan(0)
      expect(report.summary.failed).toBeLessThan(report.summary.run)
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

      test.runIf(name === 'Redis')('queues on the host of others are left alone', async () => {
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
  })
})
