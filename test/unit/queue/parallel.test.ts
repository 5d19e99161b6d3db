import { defineJob, type EnqueueOptions, memoryQueue } from 'faultline'
import { expect, test } from 'vitest'

const job = defineJob<number>({ name: 'job', perform: () => {} })

/** A queue with jobs 1, 2 … enqueued with these options. */
async function queueOf(...options: EnqueueOptions[]) {
  const queue = memoryQueue({ now: new Date(0) })
  for (const [index, each] of options.entries()) await queue.enqueue(job, index + 1, each)
  const pending = async () => (await queue.pending()).map(({ id }) => id.slice(4)).join(' ')
  const parallel = async (window?: Parameters<typeof queue.parallel>[0]) =>
    (await queue.parallel(window)).map(({ id }) => id.slice(4)).join(' ')
  return { queue, pending, parallel }
}

test('jobs are parallel that are due together, alike in priority and without a key, from the first one on', async () => {
  const parallel = async (...options: EnqueueOptions[]) => (await queueOf(...options)).parallel()
  expect(await parallel()).toBe('')
  expect(await parallel({}, {}, { delay: 1 })).toBe('1 2')
  expect(await parallel({ delay: 1 }, {}, { delay: 1 })).toBe('2')
  expect(await parallel({}, { priority: -1 }, { priority: -1 })).toBe('2 3')
  expect(await parallel({ key: 'a' }, {}, {})).toBe('')
  expect(await parallel({}, {}, { key: 'a' }, {})).toBe('1 2')
})

test('in a window', async () => {
  const { parallel, queue, pending } = await queueOf({}, {}, { delay: 5 }, { delay: 5 }, { delay: 5 })
  expect(await parallel({ fromMs: 5 })).toBe('3 4 5')
  expect(await parallel({ fromMs: 1, untilMs: 4 })).toBe('')
  await queue.postpone({ fromMs: 1, untilMs: 4 })
  await queue.postpone({ fromMs: 5 })
  expect(await pending()).toBe('1 2 4 5 3')
})

test('the first one is put off behind the others, and before all else', async () => {
  const { queue, pending } = await queueOf({}, {}, {}, { key: 'a' }, {}, { delay: 1 })
  await queue.postpone()
  expect(await pending()).toBe('2 3 1 4 5 6')
  await queue.enqueue(job, 7)
  expect(await pending()).toBe('2 3 1 4 5 7 6')
  const claim = await queue.claim('worker 1')
  await queue.settle(claim!, { ok: true, result: undefined })
  expect(await pending()).toBe('3 1 4 5 7 6')
})

test('one job is claimed out of its turn, where it waits and is due', async () => {
  const { queue, pending } = await queueOf({}, { key: 'a' }, { delay: 1 })
  expect(await queue.claimJob('worker 1', 'job-3')).toBe(undefined)
  expect(await queue.claimJob('worker 1', 'job-9')).toBe(undefined)
  expect(await queue.claimJob('worker 1', 'job-2')).toMatchObject({
    id: 'job-2',
    delivery: 1,
    worker: 'worker 1',
  })
  expect(await queue.claimJob('worker 1', 'job-2')).toBe(undefined)
  expect(await pending()).toBe('1 3')
  await queue.enqueue(job, 4, { key: 'a' })
  expect(await pending()).toBe('1 4 3')
})
