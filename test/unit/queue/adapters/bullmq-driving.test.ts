import { setTimeout as sleep } from 'node:timers/promises'
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { losesServer } from '../../../../fixtures/engine/bullmq-jobs.ts'
import { type BullmqQueue, bullmqQueue } from '../../../../src/bullmq.ts'
import { simulate } from '../../../../src/index.ts'
import { performAll, performAllBefore } from '../../../../src/perform/index.ts'
import { type BullmqServer, BullmqWorld, bullmqServers } from '../../../helpers/bullmq-world.ts'

const startMs = Date.UTC(2026, 0, 1)
const hourMs = 3_600_000
const dayMs = 24 * hourMs

describe.for(bullmqServers)('BullMQ on %s', ([, start, isThere]) => {
  describe.skipIf(!isThere)('driven', () => {
    let server: BullmqServer
    let world: BullmqWorld

    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server.stop())
    beforeEach(() => {
      world = new BullmqWorld(server)
    })
    afterEach(() => world.close())

    async function drive(...workers: Worker[]): Promise<BullmqQueue> {
      const queue = bullmqQueue({ workers })
      await queue.clear({ nowMs: startMs })
      return queue
    }
    const ran = (queue: BullmqQueue) =>
      queue.performed.map(({ name, attempt, outcome, at }) => [
        name,
        attempt,
        outcome,
        at.getTime() - startMs,
      ])

    test('a running worker is taken over, and keeps its listeners', async () => {
      const emails = world.queue()
      const heard: string[] = []
      let performs = 0
      const worker = world.worker(emails, async () => `done ${++performs}`, { autorun: true })
      for (const event of ['active', 'completed', 'paused'] as const)
        worker.on(event, () => heard.push(event))
      await worker.waitUntilReady()
      const queue = await drive(worker)
      expect(worker.isRunning()).toBe(false)
      await emails.add('welcome', {})
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(performs).toBe(0)
      const { performed } = await performAll(queue)
      expect(performed).toMatchObject([{ name: 'welcome', result: 'done 1', outcome: 'completed' }])
      expect(heard).toEqual(['paused', 'active', 'completed'])
    })

    test('the earliest of several queues is next; in one queue priority decides', async () => {
      const [mails, bills] = [world.queue(), world.queue()]
      const done = async (job: Job) => job.name
      const queue = await drive(world.worker(mails, done), world.worker(bills, done))
      await queue.enqueue(queue.job(mails, 'in 2 s', {}, { delay: 2_000 }))
      await queue.enqueue(queue.job(bills, 'in 1 s', {}, { delay: 1_000 }))
      await queue.enqueue(queue.job(bills, 'in 3 s', {}, { delay: 3_000 }))
      await queue.enqueue(queue.job(mails, 'less urgent', {}, { priority: 7 }))
      await queue.enqueue(queue.job(mails, 'urgent', {}, { priority: 2 }))
      await performAll(queue)
      expect(queue.performed.map(({ name }) => name)).toEqual([
        'urgent',
        'less urgent',
        'in 1 s',
        'in 2 s',
        'in 3 s',
      ])
    })

    test('an unrecoverable error kills the job on its first attempt', async () => {
      const mails = world.queue()
      const failed: unknown[] = []
      const worker = world.worker(mails, async () => {
        throw new UnrecoverableError('no such address')
      })
      worker.on('failed', (job, error) => failed.push([job?.name, error.message]))
      const queue = await drive(worker)
      await queue.enqueue(queue.job(mails, 'welcome', {}, { attempts: 5 }))
      await expect(performAll(queue)).rejects.toMatchObject({ code: 'FAULTLINE_JOB_DEAD' })
      expect(queue.dead).toMatchObject([{ attempt: 1, error: new UnrecoverableError('no such address') }])
      expect(failed).toEqual([['welcome', 'no such address']])
    })

    test('a job that puts itself off comes back then, and that is no attempt', async () => {
      const mails = world.queue()
      const worker = world.worker(mails, async (job, token) => {
        if (job.attemptsStarted > 1) return 'sent'
        await job.moveToDelayed(Date.now() + hourMs, token)
        throw new DelayedError()
      })
      const queue = await drive(worker)
      await queue.enqueue(queue.job(mails, 'welcome', {}))
      await performAll(queue)
      expect(ran(queue)).toEqual([
        ['welcome', 1, 'rescheduled', 0],
        ['welcome', 1, 'completed', hourMs],
      ])
    })

    test('a limiter holds the queue back for its time', async () => {
      const mails = world.queue()
      const queue = await drive(world.worker(mails, async () => 1, { limiter: { max: 2, duration: 60_000 } }))
      for (const n of [1, 2, 3, 4, 5]) await queue.enqueue(queue.job(mails, 'mail', { n }))
      await performAll(queue)
      expect(queue.performed.map(({ at }) => at.getTime() - startMs)).toEqual([0, 0, 60_000, 60_000, 120_000])
    })

    test('a job that says it is rate limited waits', async () => {
      const mails = world.queue()
      const worker: Worker = world.worker(
        mails,
        async (job) => {
          if (job.attemptsStarted > 1) return
          await worker.rateLimit(5_000)
          throw Worker.RateLimitError()
        },
        { limiter: { max: 1, duration: 500 } },
      )
      const queue = await drive(worker)
      await queue.enqueue(queue.job(mails, 'mail', {}))
      await performAll(queue)
      expect(queue.performed.map(({ outcome, attempt }) => [outcome, attempt])).toEqual([
        ['rescheduled', 1],
        ['completed', 1],
      ])
      expect(queue.performed[1]!.at.getTime() - startMs).toBeGreaterThanOrEqual(500)
    })

    test('the parent of a flow runs after its children, with what they returned', async () => {
      const [orders, steps] = [world.queue(), world.queue()]
      const worker = world.worker(orders, async (job) => Object.values(await job.getChildrenValues()).sort())
      const queue = await drive(
        worker,
        world.worker(steps, async (job) => job.name),
      )
      const flow = {
        name: 'ship',
        queueName: orders.name,
        children: ['pack', 'label'].map((name) => ({ name, queueName: steps.name })),
      }
      await world.flows().add(flow)
      await performAll(queue)
      expect(queue.performed.map(({ name, result }) => [name, result])).toEqual([
        ['pack', 'pack'],
        ['label', 'label'],
        ['ship', ['label', 'pack']],
      ])
    })

    test('a job scheduler runs up to the cutoff; without one it is a runaway', async () => {
      const reports = world.queue()
      const worker = world.worker(reports, async ({ name }) => {
        if (name === 'boot')
          await reports.upsertJobScheduler('hourly', { every: hourMs }, { name: 'report', data: { n: 1 } })
      })
      const queue = await drive(worker)
      await queue.enqueue(queue.job(reports, 'boot', {}))
      await performAllBefore(queue, '3h')
      expect(ran(queue)).toEqual([
        ['boot', 1, 'completed', 0],
        ...[0, 1, 2, 3].map((hours) => ['report', 1, 'completed', hours * hourMs]),
      ])
      expect(await queue.pending()).toMatchObject([{ name: 'report', at: new Date(startMs + 4 * hourMs) }])
      await expect(performAll(queue, { limit: 20 })).rejects.toMatchObject({ code: 'FAULTLINE_RUNAWAY' })
    })

    test('after the second death of its worker the job fails without running', async () => {
      const mails = world.queue()
      let runs = 0
      const worker = world.worker(mails, async () => ++runs)
      const stalled: string[] = []
      worker.on('stalled', (id) => stalled.push(id))
      const queue = await drive(worker)
      const id = await queue.enqueue(queue.job(mails, 'welcome', {}, { attempts: 5 }))
      for (let death = 0; death <= queue.capabilities.deathsMax!; death++)
        await queue.expire((await queue.claim('w'))!, 'crashed')
      await expect(performAll(queue)).rejects.toThrow('job stalled more than allowable limit')
      expect(runs).toBe(0)
      expect(stalled).toHaveLength(2)
      expect(queue.dead).toMatchObject([{ id, attempt: 1, delivery: 3, outcome: 'dead' }])
    })

    test('a worker may allow more deaths', async () => {
      const mails = world.queue()
      const queue = await drive(world.worker(mails, async () => 'sent', { maxStalledCount: 3 }))
      await queue.enqueue(queue.job(mails, 'welcome', {}))
      for (let death = 0; death < 3; death++) await queue.expire((await queue.claim('w'))!, 'crashed')
      const { performed } = await performAll(queue)
      expect(performed).toMatchObject([{ delivery: 4, attempt: 1, result: 'sent' }])
    })

    test('a deduplication holds as long as it says, in virtual time', async () => {
      const mails = world.queue()
      const queue = await drive(world.worker(mails, async () => undefined))
      const add = (data: number, ttl?: number) =>
        queue.enqueue(
          queue.job(mails, 'digest', data, { deduplication: { id: 'ann', ...(ttl ? { ttl } : undefined) } }),
        )
      const first = await add(1, hourMs)
      expect(await add(2, hourMs)).toBe(first)
      await queue.enqueue(queue.job(mails, 'half an hour later', {}, { delay: hourMs / 2 }))
      await performAll(queue)
      expect(await add(3, hourMs)).toBe(first)
      await queue.enqueue(queue.job(mails, 'an hour later', {}, { delay: hourMs / 2 }))
      await performAll(queue)
      expect(await add(4, hourMs)).not.toBe(first)
      await performAll(queue)
      expect(queue.performed.filter(({ name }) => name === 'digest').map(({ payload }) => payload)).toEqual([
        1, 4,
      ])
    })

    test('a delay of 14 days and a backoff over a week take no time, and no connection is lost', {
      retry: 3,
    }, async () => {
      const mails = world.queue()
      const lost: string[] = []
      let fails = 4
      const worker = world.worker(mails, async () => {
        if (fails-- > 0) throw new Error('not yet')
      })
      worker.on('error', (error) => lost.push(error.message))
      worker.on('ioredis:close', () => lost.push('closed'))
      const queue = await drive(worker)
      const realStartMs = performance.now()
      await queue.enqueue(queue.job(mails, 'late', {}, { delay: 14 * dayMs }))
      const backoff = { type: 'exponential', delay: dayMs }
      await queue.enqueue(queue.job(mails, 'again', {}, { attempts: 5, backoff }))
      await performAll(queue)
      expect(performance.now() - realStartMs).toBeLessThan(1_000)
      expect(ran(queue)).toEqual([
        ['again', 1, 'failed', 0],
        ['again', 2, 'failed', dayMs],
        ['again', 3, 'failed', 3 * dayMs],
        ['again', 4, 'failed', 7 * dayMs],
        ['late', 1, 'completed', 14 * dayMs],
        ['again', 5, 'completed', 15 * dayMs],
      ])
      await mails.add('and the connection is there', {})
      expect(lost).toEqual([])
    })

    test('only the listed queues are cleared, and their settings stay', async () => {
      const [mails, others] = [world.queue(), world.queue()]
      const queue = await drive(world.worker(mails, async () => undefined))
      await mails.setGlobalConcurrency(3)
      await others.add('not listed', {})
      await queue.enqueue(queue.job(mails, 'welcome', {}, { delay: 5_000 }))
      await queue.clear()
      expect(await queue.pending()).toEqual([])
      expect(await mails.getGlobalConcurrency()).toBe(3)
      expect(await mails.isPaused()).toBe(false)
      expect(await others.getJobCounts('waiting')).toEqual({ waiting: 1 })
      await others.obliterate({ force: true })
    })

    test('after the last scenario no job of its queues is left, and what was recorded is', async () => {
      const [mails, others] = [world.queue(), world.queue()]
      const queue = await drive(world.worker(mails, () => losesServer(async () => undefined)))
      await others.add('not listed', {})
      await simulate(queue.job(mails, 'welcome', {}, { attempts: 3 }), () => true, { queue })
      const counts = await mails.getJobCounts()
      expect(Object.values(counts).every((count) => count === 0)).toBe(true)
      expect(queue.performed.length).toBeGreaterThan(0)
      expect(await others.getJobCounts('waiting')).toEqual({ waiting: 1 })
      await others.obliterate({ force: true })
    })

    test('once the workers are closed, no connection and no timer is left', async () => {
      const handles = () =>
        process.getActiveResourcesInfo().filter((kind) => /^(?:Timeout|TCP|Pipe)/.test(kind)).length
      // What the tests before this one closed is gone soon.
      let before = Number.NaN
      for (let tries = 0; tries < 50 && before !== handles(); tries++) {
        before = handles()
        await sleep(200)
      }
      const mails = world.queue()
      const processor = async (job: Job) => {
        if (job.attemptsMade === 0) throw new Error('once')
      }
      const queue = bullmqQueue({ workers: [{ queue: mails, processor }] })
      await queue.clear({ nowMs: startMs })
      await queue.enqueue(queue.job(mails, 'welcome', {}, { attempts: 2, backoff: dayMs }))
      await queue.expire((await queue.claim('w'))!, 'crashed')
      await performAll(queue)
      expect(handles()).toBeGreaterThan(before)
      await queue.close()
      await world.close()
      for (let tries = 0; tries < 100 && handles() > before; tries++) await sleep(100)
      expect(handles()).toBeLessThanOrEqual(before)
    })

    test('{ queue, processor }: the worker is made, and closed with the adapter', async () => {
      const mails = world.queue()
      const queue = bullmqQueue({ workers: [{ queue: mails, processor: async (job: Job) => job.data.to }] })
      await queue.clear({ nowMs: startMs })
      await queue.enqueue(queue.job(mails, 'welcome', { to: 'ann' }))
      const { performed } = await performAll(queue)
      expect(performed).toMatchObject([{ result: 'ann' }])
      await queue.close()
    })
  })
})
