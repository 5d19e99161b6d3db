import { AsyncLocalStorage } from 'node:async_hooks'
import {
  crash,
  defineJob,
  eager,
  enqueuedBy,
  type JobContext,
  memoryQueue,
  type SimulationOptions,
  simulate,
} from 'faultline'
import { describe, expect, test } from 'vitest'
import * as code from '../../../fixtures/engine/delivery-faults.ts'
import { World } from '../../helpers/engine-world.ts'

type Parent = (w: World, context: JobContext, child: never) => Promise<void>

let world = new World()
const setup = () => (world = new World())
const now = new Date(0)
const transaction = new AsyncLocalStorage<string>()
const child = defineJob<null>({
  name: 'child',
  perform: () => {
    world.effect(`in ${transaction.getStore() ?? 'no transaction'}`)
    return code.child(world)
  },
})
const parentOf = (perform: Parent, job = child) =>
  defineJob<null>({ name: 'parent', perform: (_, context) => perform(world, context, job as never) })

/** All that happened in each scenario, as the assertions saw it. */
async function seen(perform: Parent, options: SimulationOptions<World> = {}, job = child) {
  const runs: Record<string, string> = {}
  const report = await simulate<World>(
    parentOf(perform, job).with(null),
    ({ id }, w) => {
      runs[id] = w.log.map(({ what }) => what).join(', ')
    },
    { setup, now, faults: ['eager'], ...options },
  )
  return { runs, report }
}

describe('eager', () => {
  test('a job that is enqueued before the commit starts before it', async () => {
    const { runs, report } = await seen(code.earlyParent)
    expect(runs).toEqual({
      baseline: 'commit, in no transaction, child',
      'eager@after-enqueue:child': 'in no transaction, child, commit',
    })
    const { timeline, outcome } = report.scenarios[0]!
    expect(outcome).toBe('survived')
    expect(
      timeline.map(({ kind, jobId, worker, detail = '' }) => `${worker}: ${kind} ${jobId} ${detail}`.trim()),
    ).toEqual([
      ': enqueued parent-1',
      'worker 1: started parent-1',
      'worker 1: enqueued parent-1 child',
      'worker 1: glitched parent-1 eager',
      'worker 2: started child-1',
      'worker 2: completed child-1',
      'worker 1: completed parent-1',
    ])
  })

  test('does no harm to one that is enqueued after it', async () => {
    const { runs } = await seen(code.lateParent)
    expect(runs).toEqual({
      baseline: 'commit, in no transaction, child',
      'eager@after-enqueue:child': 'commit, in no transaction, child',
    })
  })

  test("is in no async context of its caller's", async () => {
    const { runs } = await seen((w, context, job) =>
      transaction.run('a transaction', () => code.earlyParent(w, context, job)),
    )
    expect(runs['eager@after-enqueue:child']).toBe('in no transaction, child, commit')
  })

  test('a job that does not find its data fails and is retried after the commit', async () => {
    const patient = defineJob<null>({
      name: 'child',
      perform: async (_, { attempt }) => {
        if (!world.log.some(({ what }) => what === 'commit')) throw new Error(`not found ${attempt}`)
        await code.child(world)
      },
    })
    const { runs, report } = await seen(code.earlyParent, {}, patient)
    expect(runs['eager@after-enqueue:child']).toBe('commit, child')
    expect(report.scenarios[0]!.timeline.map(({ kind, jobId, at }) => `${at} ${kind} ${jobId}`)).toEqual([
      '0 enqueued parent-1',
      '0 started parent-1',
      '0 enqueued parent-1',
      '0 glitched parent-1',
      '0 started child-1',
      '0 failed child-1',
      '0 completed parent-1',
      '3000 retried child-1',
      '3000 completed child-1',
    ])
  })

  test('one that waits for what its caller holds runs on beside it', async () => {
    let free = Promise.withResolvers<void>()
    const locked = defineJob<null>({
      name: 'child',
      perform: async () => {
        await free.promise
        await code.child(world)
      },
    })
    const { runs, report } = await seen(
      async (w, context, job) => {
        free = Promise.withResolvers<void>()
        await code.earlyParent(w, context, job)
        free.resolve()
      },
      { hangAfterMs: 200 },
      locked,
    )
    expect(report.failures).toEqual([])
    expect(runs).toEqual({ baseline: 'commit, child', 'eager@after-enqueue:child': 'commit, child' })
  })

  test('one that hangs is a finding', async () => {
    const hanging = defineJob<null>({
      name: 'child',
      perform: async () => {
        await code.child(world)
        if (!world.log.some(({ what }) => what === 'commit')) await new Promise(() => {})
      },
    })
    const { report } = await seen(code.earlyParent, { hangAfterMs: 100 }, hanging)
    expect(report.failures.map(({ id, reason }) => [id, reason])).toEqual([
      ['eager@after-enqueue:child', 'hung'],
    ])
  })

  test('the caller may crash afterwards, and the child, too', async () => {
    const { runs, report } = await seen(code.earlyParent, { faults: [eager(), crash()], depth: 2 })
    expect(report.failures).toEqual([])
    const twice = Object.entries(runs).filter(([id]) => /^eager.*\+crash@settle/.test(id))
    expect(Object.fromEntries(twice)).toEqual({
      'eager@after-enqueue:child+crash@settle[child-1]':
        'in no transaction, child, commit, in no transaction, child',
      'eager@after-enqueue:child+crash@settle':
        'in no transaction, child, commit, commit, in no transaction, child',
    })
  })

  test('is not applicable where nothing can start early', async () => {
    const later: Parent = async (w, { enqueue }, job) => {
      await enqueue(job, null as never, { delay: '1s' })
      await code.child(w)
    }
    const reasons = async (perform: Parent, options: SimulationOptions<World> = {}) =>
      (await seen(perform, options)).report.summary.notApplicable
    expect(await reasons(later)).toEqual({
      eager: 'what is enqueued there is not due at once (1 of 1 points)',
    })
    expect(await reasons(code.child)).toEqual({ eager: 'no job enqueues another one' })
    const queue = () => Object.assign(memoryQueue({ now }), { claimJob: undefined })
    expect(await reasons(code.earlyParent, { queue: queue as never })).toEqual({
      eager: 'the memory queue cannot do this',
    })
    const outside = enqueuedBy(({ queue }) => queue.enqueue(child, null))
    const report = await simulate(outside, () => {}, { setup, faults: ['eager'] })
    expect(report.summary.notApplicable).toEqual({ eager: 'no job enqueues another one' })
  })
})
