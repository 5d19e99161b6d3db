import { describe, expect, test } from 'vitest'
import type { JobOptions } from '../../src/model/job.ts'
import { attemptsDue, type ContractLimits, deliver, drain, type MakeQueue, startMs } from './harness.ts'

const plain = (name: string): JobOptions<unknown> => ({ name, perform: () => undefined })

function failing(name: string, times: number, options?: Partial<JobOptions<unknown>>): JobOptions<unknown> {
  let left = times
  return {
    name,
    perform: () => {
      if (left-- > 0) throw new Error('not yet')
    },
    ...options,
  }
}

export function queueOrder(makeQueue: MakeQueue, limits: ContractLimits): void {
  const { without = [] } = limits
  describe('strict order', () => {
    test('due time first, then the order of enqueueing', async () => {
      const { queue, request, dispose } = await makeQueue([plain('a'), plain('b')])
      await queue.enqueue(request('a', 1, { delay: '5m' }))
      await queue.enqueue(request('b', 2))
      await queue.enqueue(request('a', 3))
      await queue.enqueue(request('b', 4, { runAt: new Date(startMs + 1_000) }))
      const pending = await queue.pending()
      expect(pending.map((job) => [job.name, job.payload, job.at.getTime() - startMs, job.attempt])).toEqual([
        ['b', 2, 0, 1],
        ['a', 3, 0, 1],
        ['b', 4, 1_000, 1],
        ['a', 1, 300_000, 1],
      ])
      await drain(queue)
      expect(queue.performed.map((record) => record.payload)).toEqual([2, 3, 4, 1])
      expect(queue.now).toEqual(new Date(startMs + 300_000))
      await dispose?.()
    })

    test('a retry goes before a later job that was enqueued earlier, on the second and third retry too', async () => {
      const { queue, request, dispose } = await makeQueue([
        plain('later'),
        failing('retried', 3, { backoff: '3s' }),
      ])
      await queue.enqueue(request('later', null, { delay: '5m' }))
      await queue.enqueue(request('retried', null))
      await drain(queue)
      expect(
        queue.performed.map((record) => [record.name, record.attempt, record.at.getTime() - startMs]),
      ).toEqual([
        ['retried', 1, 0],
        ...attemptsDue(limits, 3_000, 6_000, 9_000).map((dueMs, index) => ['retried', index + 2, dueMs]),
        ['later', 1, 300_000],
      ])
      await dispose?.()
    })

    test.skipIf(without.includes('priority'))(
      'priority orders jobs of one due time, lower first',
      async () => {
        const { queue, request, dispose } = await makeQueue([plain('a')])
        await queue.enqueue(request('a', 'normal', { priority: 5 }))
        await queue.enqueue(request('a', 'late but urgent', { priority: 1, delay: 10 }))
        await queue.enqueue(request('a', 'urgent', { priority: 1 }))
        await drain(queue)
        expect(queue.performed.map((record) => record.payload)).toEqual([
          'urgent',
          'normal',
          'late but urgent',
        ])
        await dispose?.()
      },
    )

    test('a job enqueued by a job takes its place', async () => {
      const jobs = [plain('child'), plain('later')]
      const made = await makeQueue([
        ...jobs,
        {
          name: 'parent',
          perform: (_payload, context) => context.enqueue(made.request('child', 'of parent')),
        },
      ])
      const { queue, request, dispose } = made
      await queue.enqueue(request('later', null, { delay: 1 }))
      await queue.enqueue(request('parent', null))
      await drain(queue)
      expect(queue.performed.map((record) => record.name)).toEqual(['parent', 'child', 'later'])
      await dispose?.()
    })
  })

  describe('windows and time', () => {
    test('both bounds are included, to the millisecond', async () => {
      const { queue, request, dispose } = await makeQueue([plain('a')])
      for (const delay of [0, 999, 1_000, 1_001, 2_000]) await queue.enqueue(request('a', delay, { delay }))
      await drain(queue, { untilMs: startMs + 1_000 })
      expect(queue.performed.map((record) => record.payload)).toEqual([0, 999, 1_000])
      expect(queue.now).toEqual(new Date(startMs + 1_000))
      await drain(queue, { fromMs: startMs + 1_002 })
      expect(queue.performed.map((record) => record.payload)).toEqual([0, 999, 1_000, 2_000])
      expect(await deliver(queue, { fromMs: startMs + 1_002, untilMs: startMs + 5_000 })).toBeUndefined()
      expect((await queue.pending()).map((job) => job.payload)).toEqual([1_001])
      await dispose?.()
    })

    test('virtual time never goes back, and a delay counts from the virtual now', async () => {
      const { queue, request, dispose } = await makeQueue([plain('a')])
      await queue.time.advanceTo(startMs + 60_000)
      await queue.time.advanceTo(startMs + 1)
      expect(queue.now).toEqual(new Date(startMs + 60_000))
      await queue.enqueue(request('a', 'past', { runAt: new Date(startMs + 5) }))
      await queue.enqueue(request('a', 'delayed', { delay: '1s' }))
      expect(await drain(queue)).toHaveLength(2)
      expect(queue.performed.map((record) => [record.payload, record.at.getTime() - startMs])).toEqual([
        ['past', 60_000],
        ['delayed', 61_000],
      ])
      await dispose?.()
    })

    test('nothing in the window: nothing is claimed and time stands still', async () => {
      const { queue, request, dispose } = await makeQueue([plain('a')])
      await queue.enqueue(request('a', null, { delay: '1h' }))
      expect(await queue.claim('worker 1', { untilMs: startMs + 3_599_999 })).toBeUndefined()
      expect(queue.now).toEqual(new Date(startMs))
      await dispose?.()
    })
  })

  test.skipIf(without.includes('key'))('a key is unique while its job waits, not while it runs', async () => {
    const { queue, request, dispose } = await makeQueue([plain('a'), plain('b')])
    const first = await queue.enqueue(request('a', 1, { key: 'k', delay: 10 }))
    expect(await queue.enqueue(request('a', 2, { key: 'k' }))).toBe(first)
    expect(await queue.enqueue(request('a', 3, { key: 'other' }))).not.toBe(first)
    expect(await queue.pending()).toHaveLength(2)
    await deliver(queue)
    const running = (await queue.claim('worker 1'))!
    expect(running.payload).toBe(1)
    const second = await queue.enqueue(request('a', 4, { key: 'k' }))
    expect(second).not.toBe(first)
    await queue.settle(running, { ok: true, result: undefined })
    await drain(queue)
    expect(queue.performed.map((record) => record.payload)).toEqual([3, 1, 4])
    await dispose?.()
  })
}
