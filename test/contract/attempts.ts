import { describe, expect, test } from 'vitest'
import { attemptsDue, type ContractLimits, deliver, drain, end, type MakeQueue, startMs } from './harness.ts'

export function queueAttempts(makeQueue: MakeQueue, limits: ContractLimits): void {
  describe('attempts', () => {
    test('a claim and the context of its code tell the same', async () => {
      const seen: unknown[] = []
      const { queue, request, dispose } = await makeQueue([
        {
          name: 'a',
          attempts: 3,
          perform: (payload, { id, name, attempt, maxAttempts, redelivered, signal }) =>
            seen.push({ payload, id, name, attempt, maxAttempts, redelivered, aborted: signal.aborted }),
        },
      ])
      const id = await queue.enqueue(request('a', { n: 1 }))
      const claim = (await queue.claim('worker 7'))!
      const told = { id, name: 'a', attempt: 1, maxAttempts: 3, redelivered: false }
      expect(claim).toMatchObject({
        ...told,
        payload: { n: 1 },
        delivery: 1,
        worker: 'worker 7',
        atMs: startMs,
        part: 'perform',
      })
      expect(await end(queue, claim)).toEqual({ status: 'completed' })
      expect(seen).toEqual([{ ...told, payload: { n: 1 }, aborted: false }])
      await dispose?.()
    })

    test('an error consumes an attempt and the retry waits for the backoff', async () => {
      const [second, third] = attemptsDue(limits, 1_000, 3_000) as [number, number]
      const error = new Error('no')
      let fail = true
      const { queue, request, dispose } = await makeQueue([
        {
          name: 'a',
          backoff: { type: 'exponential', delay: '1s' },
          perform: () => {
            if (fail) throw error
            return 'done'
          },
        },
      ])
      const id = await queue.enqueue(request('a'))
      expect(await end(queue, (await queue.claim('w'))!)).toEqual({
        status: 'retried',
        nextAtMs: startMs + second,
      })
      expect(await end(queue, (await queue.claim('w'))!)).toEqual({
        status: 'retried',
        nextAtMs: startMs + third,
      })
      expect(await queue.pending()).toMatchObject([{ id, attempt: 3, at: new Date(startMs + third) }])
      fail = false
      await drain(queue)
      expect(queue.performed).toMatchObject([
        { id, attempt: 1, delivery: 1, outcome: 'failed', error, at: new Date(startMs) },
        { id, attempt: 2, delivery: 2, outcome: 'failed', error, at: new Date(startMs + second) },
        { id, attempt: 3, delivery: 3, outcome: 'completed', result: 'done', at: new Date(startMs + third) },
      ])
      await dispose?.()
    })

    test('the outcome of a settle can be worded', async () => {
      const { queue, request, dispose } = await makeQueue([{ name: 'a', perform: () => undefined }])
      await queue.enqueue(request('a'))
      const claim = (await queue.claim('w'))!
      await queue.settle(claim, { ok: false, error: new Error('slow') }, 'timedOut')
      expect(queue.performed).toMatchObject([{ outcome: 'timedOut' }])
      await dispose?.()
    })

    test('each delivery has a payload of its own', async () => {
      const seen: string[] = []
      const { queue, request, dispose } = await makeQueue([
        {
          name: 'a',
          perform: (payload) => {
            const { list } = payload as { list: number[] }
            seen.push(list.join())
            list.push(9)
            if (seen.length < 3) throw new Error('again')
          },
        },
      ])
      const sent = { list: [1] }
      await queue.enqueue(request('a', sent))
      sent.list.push(2)
      await drain(queue)
      expect(seen).toEqual(['1', '1', '1'])
      expect(queue.performed.map((record) => record.payload)).toEqual([
        { list: [1] },
        { list: [1] },
        { list: [1] },
      ])
      await dispose?.()
    })
  })

  describe('a worker that dies or freezes', () => {
    test('its lock lapses and the job is delivered again', async () => {
      const { queue, request, dispose } = await makeQueue([
        { name: 'a', lock: '10s', attempts: 2, perform: () => 1 },
      ])
      const id = await queue.enqueue(request('a'))
      const claim = (await queue.claim('worker 1'))!
      const lapsesAtMs = await queue.expire(claim, 'crashed')
      expect(lapsesAtMs).toBeGreaterThanOrEqual(startMs)
      const again = (await queue.claim('worker 2'))!
      expect(again).toMatchObject({
        id,
        delivery: 2,
        redelivered: true,
        worker: 'worker 2',
        atMs: lapsesAtMs,
      })
      expect(again.attempt).toBe(queue.capabilities.deathConsumesAttempt ? 2 : 1)
      await end(queue, again)
      expect(queue.performed).toMatchObject([
        { delivery: 1, outcome: 'crashed' },
        { delivery: 2, outcome: 'completed' },
      ])
      await dispose?.()
    })

    test('a worker that bails out of an interruption gives the job back', async () => {
      const { queue, request, dispose } = await makeQueue([{ name: 'a', lock: '10s', perform: () => 1 }])
      const id = await queue.enqueue(request('a'))
      const backAtMs = await queue.expire((await queue.claim('worker 1'))!, 'interrupted')
      expect(backAtMs).toBeGreaterThanOrEqual(startMs)
      if (queue.kind === 'memory') expect(backAtMs).toBe(startMs)
      const again = (await queue.claim('worker 2'))!
      expect(again).toMatchObject({ id, delivery: 2, redelivered: true, atMs: backAtMs })
      await end(queue, again)
      expect(queue.performed.map((record) => record.outcome)).toEqual(['interrupted', 'completed'])
      await dispose?.()
    })

    test('a zombie settles or is refused as the queue has it, and the job ends once', async () => {
      const { queue, request, dispose } = await makeQueue([{ name: 'a', perform: () => 1 }])
      await queue.enqueue(request('a'))
      const zombie = (await queue.claim('worker 1'))!
      await queue.expire(zombie, 'stalled')
      const second = (await queue.claim('worker 2'))!
      const { status } = await queue.settle(zombie, { ok: true, result: 'late' })
      expect(status).toBe(queue.capabilities.fencesZombies ? 'refused' : 'completed')
      if (queue.capabilities.fencesZombies) await end(queue, second)
      expect(await drain(queue)).toEqual([])
      expect(await queue.pending()).toEqual([])
      await dispose?.()
    })
  })

  test('clear empties everything but virtual time, which starts anew where it is told to', async () => {
    const { queue, request, dispose } = await makeQueue([
      { name: 'a', attempts: 1, perform: () => Promise.reject(new Error('x')) },
    ])
    const first = await queue.enqueue(request('a'))
    await deliver(queue)
    await queue.enqueue(request('a', null, { delay: '1h' }))
    await queue.time.advanceTo(startMs + 5)
    await queue.clear()
    expect(queue.performed).toEqual([])
    expect(queue.dead).toEqual([])
    expect(await queue.pending()).toEqual([])
    expect(queue.now).toEqual(new Date(startMs + 5))
    await queue.clear({ nowMs: startMs })
    expect(queue.now).toEqual(new Date(startMs))
    if (queue.kind === 'memory') expect(await queue.enqueue(request('a'))).toBe(first)
    await dispose?.()
  })
}
