import { describe, expect, test } from 'vitest'
import { attemptsDue, type ContractLimits, deliver, drain, end, type MakeQueue, startMs } from './harness.ts'

export function queueDeath(makeQueue: MakeQueue, limits: ContractLimits): void {
  const { without = [] } = limits
  describe('death', () => {
    test('the last failed attempt kills the job', async () => {
      const error = new Error('for good')
      const { queue, request, dispose } = await makeQueue([
        { name: 'a', attempts: 2, backoff: '1s', perform: () => Promise.reject(error) },
      ])
      const id = await queue.enqueue(request('a', 7))
      await deliver(queue)
      expect(await end(queue, (await queue.claim('w'))!)).toEqual({ status: 'dead' })
      const dead = {
        id,
        name: 'a',
        payload: 7,
        attempt: 2,
        delivery: 2,
        outcome: 'dead',
        error,
        at: new Date(startMs + attemptsDue(limits, 1_000)[0]!),
      }
      expect(queue.dead).toEqual([dead])
      expect(queue.performed.map((record) => record.outcome)).toEqual(['failed', 'dead'])
      expect(await drain(queue)).toEqual([])
      await dispose?.()
    })

    test('a death of the worker on the last attempt is delivered again where it consumes none', async () => {
      const { queue, request, dispose } = await makeQueue([{ name: 'a', attempts: 1, perform: () => 1 }])
      await queue.enqueue(request('a'))
      await queue.expire((await queue.claim('worker 1'))!, 'crashed')
      await drain(queue)
      const outcomes = queue.performed.map((record) => record.outcome)
      if (!queue.capabilities.deathConsumesAttempt) expect(outcomes).toEqual(['crashed', 'completed'])
      await dispose?.()
    })

    test.skipIf(without.includes('onDead'))(
      'onDead is a delivery of its own, and retried like one',
      async () => {
        const seen: unknown[] = []
        const error = new Error('for good')
        const { queue, request, dispose } = await makeQueue([
          {
            name: 'a',
            attempts: 2,
            backoff: '1s',
            perform: () => Promise.reject(error),
            onDead: (payload, reason, context) => {
              seen.push([payload, reason, context.attempt])
              if (seen.length === 1) throw new Error('not yet')
            },
          },
        ])
        await queue.enqueue(request('a', { n: 1 }))
        await deliver(queue)
        expect(await end(queue, (await queue.claim('w'))!)).toEqual({
          status: 'dead',
          nextAtMs: startMs + 1_000,
        })
        const claim = (await queue.claim('w'))!
        expect(claim).toMatchObject({
          part: 'dead',
          attempt: 1,
          maxAttempts: 2,
          delivery: 3,
          atMs: startMs + 1_000,
        })
        expect(await end(queue, claim)).toEqual({ status: 'retried', nextAtMs: startMs + 2_000 })
        await drain(queue)
        expect(seen).toEqual([
          [{ n: 1 }, error, 1],
          [{ n: 1 }, error, 2],
        ])
        expect(queue.dead).toMatchObject([{ attempt: 2, delivery: 2, outcome: 'dead', error }])
        expect(queue.performed.map((record) => record.outcome)).toEqual([
          'failed',
          'dead',
          'failed',
          'completed',
        ])
        await dispose?.()
      },
    )
  })
}
