import { defineJob, type JobContext, once } from 'faultline'
import { expectTypeOf, test } from 'vitest'

test('a job enqueues by request, by definition, or by name', () => {
  const child = defineJob<{ id: number }>({ name: 'child', perform: () => {} })
  const use = (context: JobContext) => {
    expectTypeOf(context.enqueue('child', { id: 1 }, { delay: '1s' })).toEqualTypeOf<Promise<string>>()
    expectTypeOf(context.enqueue(child, { id: 1 })).toEqualTypeOf<Promise<string>>()
    expectTypeOf(context.enqueue(child.with({ id: 1 }))).toEqualTypeOf<Promise<string>>()
    // @ts-expect-error a definition says what its payload is
    context.enqueue(child, { id: 'one' })
  }
  expectTypeOf(use).parameter(0).toEqualTypeOf<JobContext>()
  once(({ enqueue }) => enqueue('child', null))
})
