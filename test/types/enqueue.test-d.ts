import { defineJob, enqueuedBy, type JobContext, memoryQueue } from 'faultline'
import { bullmqQueue } from 'faultline/bullmq'
import type { GraphileWorkerQueueOptions } from 'faultline/graphile-worker'
import { pgBossQueue } from 'faultline/pg-boss'
import { expectTypeOf, test } from 'vitest'

const mail = defineJob<{ to: string; kind: 'welcome' | 'bye' }>({ name: 'mail', perform: () => {} })

test('a literal in a payload is what the job takes', () => {
  const use = (context: JobContext) => {
    expectTypeOf(context.enqueue(mail, { to: 'a@b.c', kind: 'welcome' })).toEqualTypeOf<Promise<string>>()
    expectTypeOf(memoryQueue().enqueue(mail, { to: 'a@b.c', kind: 'bye' })).toEqualTypeOf<Promise<string>>()
    enqueuedBy(({ queue }) => queue.enqueue(mail, { to: 'a@b.c', kind: 'bye' }))
    // @ts-expect-error that is none of them
    context.enqueue(mail, { to: 'a@b.c', kind: 'hello' })
    // @ts-expect-error a member is missing
    memoryQueue().enqueue(mail, { kind: 'bye' })
  }
  expectTypeOf(use).parameter(0).toEqualTypeOf<JobContext>()
})

test('what is written in the options of an adapter knows what it is given', () => {
  const use = (boss: never, queue: never) => {
    pgBossQueue({ boss, handlers: { mail: async ([job]) => job?.data.to.toUpperCase() } })
    pgBossQueue({ boss, register: (started) => started.work('mail', async () => {}) })
    bullmqQueue({ workers: [{ queue, processor: async (job) => job.data.to.toUpperCase() }] })
    const options: GraphileWorkerQueueOptions = {
      pool: {},
      tasks: { greet: async (payload, { job }) => [payload, job.attempts] },
    }
    return options
  }
  expectTypeOf(use).toBeFunction()
})
