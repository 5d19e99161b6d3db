import { describe, expect, test } from 'vitest'
import { performAll } from '../../src/index.ts'
import type { JobOptions } from '../../src/model/job.ts'
import type { DueWindow, QueueAdapter } from '../../src/queue/port.ts'
import { type ContractLimits, type ContractQueue, end, type MakeQueue, startMs } from './harness.ts'

/** Performs everything in the window; where `isTold`, each end tells that the next claim follows. */
async function drainTold(queue: QueueAdapter, isTold: boolean, window?: DueWindow): Promise<void> {
  for (let left = 100; left > 0; left--) {
    const claim = await queue.claim('worker 1', window)
    if (claim === undefined) return
    await end(queue, claim, isTold ? (window ?? {}) : undefined)
  }
  throw new Error('The queue does not drain.')
}

/** Jobs that wait, are delayed, fail, and enqueue others. */
async function mixed(makeQueue: MakeQueue, { without = [] }: ContractLimits): Promise<ContractQueue> {
  let fails = 2
  const made = await makeQueue([
    { name: 'plain', perform: () => undefined },
    { name: 'dying', attempts: 1, perform: () => Promise.reject(new Error('never')) },
    {
      name: 'failing',
      perform: () => {
        if (fails-- > 0) throw new Error('not yet')
      },
    },
    {
      name: 'parent',
      perform: async (payload, context) => {
        for (const delay of [0, 1, 3_000])
          await context.enqueue(made.request('plain', `child of ${payload}`, { delay }))
        if (without.includes('priority')) return
        await context.enqueue(made.request('plain', `urgent child of ${payload}`, { priority: 1 }))
      },
    },
  ] satisfies JobOptions<unknown>[])
  const { queue, request } = made
  for (const delay of [0, 1, 0, 60_000, 3_000]) await queue.enqueue(request('plain', delay, { delay }))
  for (const name of ['parent', 'failing', 'dying', 'parent', 'plain'])
    await queue.enqueue(request(name, `${name} of now`))
  return made
}

export function queueAhead(makeQueue: MakeQueue, limits: ContractLimits): void {
  describe('an end that tells that the next claim follows', () => {
    test('changes nothing: the same deliveries, at the same times', async () => {
      const records: unknown[][] = []
      for (const isTold of [false, true]) {
        const { queue, dispose } = await mixed(makeQueue, limits)
        await drainTold(queue, isTold, { untilMs: startMs + 3_000 })
        expect(queue.now).toEqual(new Date(startMs + 3_000))
        await drainTold(queue, isTold)
        expect(await queue.pending()).toEqual([])
        records.push(
          queue.performed.map(({ name, payload, attempt, at, outcome }) =>
            [name, payload, attempt, at.getTime() - startMs, outcome].join(' '),
          ),
        )
        await dispose?.()
      }
      expect(records[1]).toEqual(records[0])
      expect(records[0]).toHaveLength(20 - (limits.without?.includes('priority') ? 2 : 0))
    })

    test('a run that stops at its limit holds no job', async () => {
      const { queue, request, dispose } = await makeQueue([{ name: 'a', perform: () => undefined }])
      for (const n of [1, 2, 3, 4]) await queue.enqueue(request('a', n))
      await expect(performAll(queue, { limit: 2 })).rejects.toThrow('more than 2 deliveries')
      expect((await queue.pending()).map(({ payload }) => payload)).toEqual([3, 4])
      const { performed } = await performAll(queue)
      expect(performed.map(({ payload }) => payload)).toEqual([3, 4])
      await dispose?.()
    })
  })
}
