import { defineJob, memoryQueue } from 'faultline'
import { expect, test } from 'vitest'
import { performDue, Session } from '../../../src/perform/index.ts'
import { offMode } from '../../../src/runtime/index.ts'

test('past maxDeliveries nothing is claimed: the job waits, and the others were performed', async () => {
  const queue = memoryQueue({ now: new Date(0) })
  const spin = defineJob<null>({
    name: 'spin',
    attempts: 50,
    backoff: '1s',
    perform: () => Promise.reject(new Error('no')),
  })
  const other = defineJob<null>({ name: 'other', perform: () => {} })
  await queue.enqueue(spin, null)
  await queue.enqueue(other, null, { delay: '1s' })
  const session = new Session({ queue, mode: offMode, seed: 1, maxDeliveries: 3 })
  await expect(performDue(session, {})).rejects.toMatchObject({
    code: 'FAULTLINE_RUNAWAY',
    message: expect.stringMatching(/more than 3 deliveries of spin-1.*Each of its deliveries fails/s),
  })
  session.clock.stop()
  expect(await queue.pending()).toMatchObject([{ id: 'spin-1', attempt: 4 }])
  expect(queue.performed.map(({ id }) => id)).toEqual(['spin-1', 'spin-1', 'other-1', 'spin-1'])
  const claim = await queue.claim('somebody else')
  expect(claim).toMatchObject({ id: 'spin-1', delivery: 4 })
})

test('exactly maxDeliveries are allowed', async () => {
  const queue = memoryQueue({ now: new Date(0) })
  let left = 2
  const perform = () => {
    if (left-- > 0) throw new Error('not yet')
  }
  await queue.enqueue(defineJob<null>({ name: 'job', perform }), null)
  const session = new Session({ queue, mode: offMode, seed: 1, maxDeliveries: 3 })
  await performDue(session, {})
  session.clock.stop()
  expect(queue.performed.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'completed'])
})
