import { describe, expect, type TestContext, test } from 'vitest'
import type { QueueAdapter } from '../../src/queue/port.ts'
import { type ContractLimits, drain, end, type MakeQueue, startMs } from './harness.ts'

const names = ['a', 'b', 'c'].map((name) => ({ name, perform: () => undefined }))

/** What a queue may do beside delivering in order. An adapter without the method states that its queue cannot do it. */
export function queueDisorder(makeQueue: MakeQueue, limits: ContractLimits): void {
  claimOne(makeQueue)
  claimLapsed(makeQueue)
  parallelJobs(makeQueue, limits)
  duplicates(makeQueue)
}

type Disorder = Required<Pick<QueueAdapter, 'claimJob' | 'parallel' | 'postpone' | 'duplicate'>>

/** A method of the queue; the test is skipped where the queue does not have it. */
function methodOf<M extends keyof Disorder>(
  queue: QueueAdapter,
  method: M,
  { skip }: TestContext,
): Disorder[M] {
  if (queue[method] === undefined) skip(`the ${queue.kind} queue has no ${method}`)
  const bound = (...args: unknown[]): unknown =>
    (queue[method] as (...given: unknown[]) => unknown).apply(queue, args)
  return bound as Disorder[M]
}

function claimOne(makeQueue: MakeQueue): void {
  describe('claimJob', () => {
    test('claims the job that is named, before others, and time stands still', async (context) => {
      const { queue, request, dispose } = await makeQueue(names)
      const claimJob = methodOf(queue, 'claimJob', context)
      await queue.enqueue(request('a', 1))
      const id = await queue.enqueue(request('b', 2))
      await queue.enqueue(request('c', 3))
      const claim = (await claimJob('worker 2', id))!
      expect(claim).toMatchObject({
        id,
        name: 'b',
        payload: 2,
        delivery: 1,
        worker: 'worker 2',
        atMs: startMs,
      })
      expect((await queue.pending()).map((job) => job.payload)).toEqual([1, 3])
      expect(await end(queue, claim)).toEqual({ status: 'completed' })
      await drain(queue)
      expect(queue.performed.map((record) => record.payload)).toEqual([2, 1, 3])
      await dispose?.()
    })

    test('claims nothing that is not due, is held by a worker, has ended, or never was', async (context) => {
      const { queue, request, dispose } = await makeQueue(names)
      const claimJob = methodOf(queue, 'claimJob', context)
      const later = await queue.enqueue(request('a', 1, { delay: '1h' }))
      const held = await queue.enqueue(request('b', 2))
      expect(await claimJob('worker 2', later)).toBeUndefined()
      const claim = (await claimJob('worker 2', held))!
      expect(await claimJob('worker 3', held)).toBeUndefined()
      await end(queue, claim)
      expect(await claimJob('worker 3', held)).toBeUndefined()
      expect(await claimJob('worker 3', '987654321')).toBeUndefined()
      expect(queue.now).toEqual(new Date(startMs))
      expect((await queue.pending()).map((job) => job.id)).toEqual([later])
      await dispose?.()
    })
  })
}

function claimLapsed(makeQueue: MakeQueue): void {
  test('claimJob takes a job whose lock has lapsed, and not before', async (context) => {
    const { queue, request, dispose } = await makeQueue(names)
    const claimJob = methodOf(queue, 'claimJob', context)
    const id = await queue.enqueue(request('a', 1))
    await queue.expire((await queue.claim('worker 1'))!, 'stalled')
    expect(await claimJob('worker 2', id)).toBeUndefined()
    const [due] = await queue.pending()
    await queue.time.advanceTo(due!.at.getTime())
    expect(await claimJob('worker 2', id)).toMatchObject({ id, delivery: 2, redelivered: true })
    await dispose?.()
  })
}

function parallelJobs(makeQueue: MakeQueue, { without = [] }: ContractLimits): void {
  describe('parallel and postpone', () => {
    test('those that are due first, and at the same time, may start in another order', async (context) => {
      const { queue, request, dispose } = await makeQueue(names)
      const parallel = methodOf(queue, 'parallel', context)
      const postpone = methodOf(queue, 'postpone', context)
      const ids = [
        await queue.enqueue(request('a', 1)),
        await queue.enqueue(request('b', 2)),
        await queue.enqueue(request('c', 3)),
      ]
      await queue.enqueue(request('a', 4, { delay: '1s' }))
      const told = ids.map((id, index) => ({ id, name: 'abc'[index], delivery: 1, part: 'perform' }))
      expect(await parallel()).toEqual(told)
      expect(await parallel({ untilMs: startMs })).toEqual(told)
      await postpone()
      expect((await parallel()).map((job) => job.id)).toEqual([ids[1], ids[2], ids[0]])
      expect((await queue.pending()).map((job) => job.payload)).toEqual([2, 3, 1, 4])
      expect(queue.now).toEqual(new Date(startMs))
      await drain(queue)
      expect(queue.performed.map((record) => record.payload)).toEqual([2, 3, 1, 4])
      await dispose?.()
    })

    test('a window leaves out what is due before it or after it', async (context) => {
      const { queue, request, dispose } = await makeQueue(names)
      const parallel = methodOf(queue, 'parallel', context)
      for (const payload of [1, 2]) await queue.enqueue(request('a', payload))
      for (const payload of [3, 4]) await queue.enqueue(request('b', payload, { delay: '1h' }))
      const later = await parallel({ fromMs: startMs + 1 })
      expect(later.map((job) => job.name)).toEqual(['b', 'b'])
      expect(await parallel({ fromMs: startMs + 1, untilMs: startMs + 60_000 })).toEqual([])
      await dispose?.()
    })

    test('where nothing else is due, nothing can be put off', async (context) => {
      const { queue, request, dispose } = await makeQueue(names)
      const parallel = methodOf(queue, 'parallel', context)
      const postpone = methodOf(queue, 'postpone', context)
      expect(await parallel()).toEqual([])
      await postpone()
      await queue.enqueue(request('a', 1))
      await queue.enqueue(request('b', 2, { delay: 1 }))
      expect((await parallel()).length).toBeLessThan(2)
      await postpone()
      await drain(queue)
      expect(queue.performed.map((record) => record.payload)).toEqual([1, 2])
      await dispose?.()
    })

    test.skipIf(without.includes('priority'))(
      'the more urgent start first, always: only their like can change with them',
      async (context) => {
        const { queue, request, dispose } = await makeQueue(names)
        const parallel = methodOf(queue, 'parallel', context)
        const postpone = methodOf(queue, 'postpone', context)
        for (const [payload, priority] of [
          ['urgent 1', 1],
          ['urgent 2', 1],
          ['normal', 5],
        ] as const)
          await queue.enqueue(request('a', payload, { priority }))
        expect(await parallel()).toHaveLength(2)
        await postpone()
        await drain(queue)
        expect(queue.performed.map((record) => record.payload)).toEqual(['urgent 2', 'urgent 1', 'normal'])
        await dispose?.()
      },
    )

    test.skipIf(without.includes('key'))('a job with a key keeps its place', async (context) => {
      const { queue, request, dispose } = await makeQueue(names)
      const parallel = methodOf(queue, 'parallel', context)
      await queue.enqueue(request('a', 1, { key: 'one at a time' }))
      await queue.enqueue(request('b', 2))
      await queue.enqueue(request('c', 3))
      const free = await parallel()
      expect(free.map((job) => job.name)).not.toContain('a')
      await dispose?.()
    })
  })
}

function duplicates(makeQueue: MakeQueue): void {
  describe('duplicate', () => {
    test('a settled job is delivered once more, and then it has ended', async (context) => {
      const seen: unknown[] = []
      const { queue, request, dispose } = await makeQueue([
        { name: 'a', perform: (payload, { id }) => seen.push([payload, id]) },
      ])
      const duplicate = methodOf(queue, 'duplicate', context)
      const id = await queue.enqueue(request('a', { n: 1 }))
      const claim = (await queue.claim('worker 1'))!
      await end(queue, claim)
      await duplicate(claim)
      expect(await queue.pending()).toMatchObject([{ id, at: new Date(startMs) }])
      const again = (await queue.claim('worker 2'))!
      expect(again).toMatchObject({ id, payload: { n: 1 }, delivery: 2, part: 'perform' })
      expect(await end(queue, again)).toEqual({ status: 'completed' })
      expect(seen).toEqual([
        [{ n: 1 }, id],
        [{ n: 1 }, id],
      ])
      expect(queue.performed.map((record) => record.outcome)).toEqual(['completed', 'completed'])
      expect(await queue.pending()).toEqual([])
      await dispose?.()
    })

    test('a job that fails is not doubled: its retry is delivered once', async (context) => {
      let left = 1
      const { queue, request, dispose } = await makeQueue([
        {
          name: 'a',
          perform: () => {
            if (left-- > 0) throw new Error('not yet')
          },
        },
      ])
      const duplicate = methodOf(queue, 'duplicate', context)
      await queue.enqueue(request('a'))
      const claim = (await queue.claim('worker 1'))!
      await end(queue, claim)
      await duplicate(claim)
      expect(await queue.pending()).toHaveLength(1)
      await drain(queue)
      expect(queue.performed.map((record) => record.outcome)).toEqual(['failed', 'completed'])
      await dispose?.()
    })

    test('what was settled before a clear is gone', async (context) => {
      const { queue, request, dispose } = await makeQueue(names)
      const duplicate = methodOf(queue, 'duplicate', context)
      await queue.enqueue(request('a'))
      const claim = (await queue.claim('worker 1'))!
      await end(queue, claim)
      await queue.clear()
      await duplicate(claim)
      expect(await queue.pending()).toEqual([])
      await dispose?.()
    })
  })
}
