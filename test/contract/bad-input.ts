import { describe, expect, test } from 'vitest'
import { deliver, drain, type MakeQueue, startMs } from './harness.ts'

export function queueBadInput(makeQueue: MakeQueue): void {
  describe('bad input leaves the queue as it was', () => {
    test.each([
      ['a payload that is no JSON', 'FAULTLINE_PAYLOAD', { price: 1n }, undefined],
      ['bytes', 'FAULTLINE_PAYLOAD', { data: Buffer.from('x') }, undefined],
      ['a delay that is no time', 'FAULTLINE_BAD_TIME', 1, { delay: 'soon' as never }],
      ['a delay past the range of Date', 'FAULTLINE_BAD_TIME', 1, { delay: 1e300 }],
      ['an unknown option', 'FAULTLINE_BAD_OPTION', 1, { dealy: '5s' } as never],
    ])('%s', async (_what, code, payload, options) => {
      const { queue, request, dispose } = await makeQueue([{ name: 'a', perform: () => undefined }])
      const before = await queue.enqueue(request('a', 'kept'))
      const attempt = async (): Promise<unknown> => queue.enqueue(request('a', payload, options))
      await expect(attempt()).rejects.toMatchObject({ code })
      expect((await queue.pending()).map((job) => job.id)).toEqual([before])
      expect(queue.now).toEqual(new Date(startMs))
      await drain(queue)
      expect(queue.performed).toMatchObject([{ id: before, payload: 'kept' }])
      await dispose?.()
    })

    test('a payload function that throws', async () => {
      const { queue, request, dispose } = await makeQueue([{ name: 'a', perform: () => undefined }])
      const failing = request('a', () => Promise.reject(new Error('no order')))
      await expect(queue.enqueue(failing)).rejects.toThrow('no order')
      expect(await queue.pending()).toEqual([])
      await queue.enqueue(request('a', async () => ({ orderId: 7 })))
      expect(await queue.pending()).toMatchObject([{ payload: { orderId: 7 } }])
      await dispose?.()
    })

    test.each([
      ['returns no duration', () => undefined as never],
      [
        'throws',
        () => {
          throw new Error('no backoff')
        },
      ],
    ])('a backoff that %s loses no job', async (_what, backoff) => {
      const fail = () => Promise.reject(new Error('failed'))
      const { queue, request, dispose } = await makeQueue([{ name: 'a', backoff, perform: fail }])
      const id = await queue.enqueue(request('a', 1))
      await deliver(queue).catch(() => undefined)
      const kept = [...(await queue.pending()), ...queue.performed].map((job) => job.id)
      expect(kept).toContain(id)
      await dispose?.()
    })
  })
}
