import { expectTypeOf, test } from 'vitest'
import type { JobContext, JobDefinition, JobRequest } from '../../src/model/job.ts'
import { defineJob, memoryQueue } from '../../src/queue/index.ts'

test('perform gets the payload as JSON has it', () => {
  const job = defineJob<{ id: number; at: Date }>({
    name: 'a',
    async perform(payload, context) {
      expectTypeOf(payload).toEqualTypeOf<{ id: number; at: string }>()
      expectTypeOf(context).toEqualTypeOf<JobContext>()
    },
    onDead(payload, error) {
      expectTypeOf(payload).toEqualTypeOf<{ id: number; at: string }>()
      expectTypeOf(error).toBeUnknown()
    },
  })
  expectTypeOf(job).toEqualTypeOf<JobDefinition<{ id: number; at: Date }>>()
  expectTypeOf(job.with({ id: 1, at: new Date() })).toEqualTypeOf<JobRequest>()
  expectTypeOf(job.with(async () => ({ id: 1, at: new Date() }), { delay: '5m' })).toEqualTypeOf<JobRequest>()
  // @ts-expect-error the payload is typed
  job.with({ id: '1', at: new Date() })
  // @ts-expect-error the function's result too
  job.with(() => ({ id: 1 }))
  // @ts-expect-error a duration has a unit
  job.with({ id: 1, at: new Date() }, { delay: '5 minutes' })
})

test("the payload's type can be written at perform", () => {
  const job = defineJob({
    name: 'a',
    async perform({ id }: { id: number }) {
      return id
    },
  })
  expectTypeOf(job).toEqualTypeOf<JobDefinition<{ id: number }>>()
  job.with({ id: 1 })
  // @ts-expect-error the payload is typed
  job.with({ id: '1' })
  const withContext = defineJob({
    name: 'a',
    perform: (id: number, context: JobContext) => `${id}${context.id}`,
  })
  expectTypeOf(withContext).toEqualTypeOf<JobDefinition<number>>()
})

test('a job without a payload type takes anything', () => {
  const job = defineJob({ name: 'a', perform() {} })
  job.with(undefined)
  job.with({ any: 'thing' })
})

test('load instead of perform', () => {
  const job = defineJob<{ id: number }>({ name: 'a', load: () => import('../../src/queue/index.ts') })
  expectTypeOf(job).toEqualTypeOf<JobDefinition<{ id: number }>>()
})

test('a queue takes jobs and requests', () => {
  const job = defineJob<{ id: number }>({ name: 'a', perform() {} })
  const queue = memoryQueue({ jobs: [job] })
  expectTypeOf(queue.enqueue(job, { id: 1 })).toEqualTypeOf<Promise<string>>()
  expectTypeOf(queue.enqueue(job.with({ id: 1 }))).toEqualTypeOf<Promise<string>>()
  // @ts-expect-error the payload is typed
  queue.enqueue(job, { id: 'x' })
})
