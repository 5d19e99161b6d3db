import { defineJob, enqueuedBy, type MemoryQueue, memoryQueue, simulate } from 'faultline'
import { describe, expect, test } from 'vitest'
import { charge } from '../../../fixtures/engine/charge.ts'
import { World } from '../../helpers/engine-world.ts'

const now = new Date('2026-01-05T09:00:00Z')
const job = defineJob<null>({
  name: 'job',
  async perform() {
    await charge(new World())
    return Date.now()
  },
})
const work = job.with(null)

describe('a function makes the queue of each run', () => {
  test('its virtual time starts where that of the simulation does', async () => {
    const starts = new Set<unknown>()
    const report = await simulate(work, (run) => void starts.add(run.result), {
      now,
      faults: ['delay'],
      points: (point) => point.kind === 'settle',
      queue: () => memoryQueue(),
    })
    expect([...starts]).toEqual([now.getTime()])
    expect(report.summary).toMatchObject({ failed: 0, scenarios: 3, now: now.toISOString() })
  })

  test('time that passes while it is made passes in none of them', async () => {
    let startedAt = 0
    const stamped = defineJob<null>({
      name: 'stamped',
      async perform() {
        startedAt ||= Date.now()
        await charge(new World())
      },
    })
    const report = await simulate(stamped.with(null), {
      queue: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        return memoryQueue()
      },
      setup: () => void (startedAt = 0),
      snapshot: () => ({ startedAt }),
    })
    expect(report.failures).toEqual([])
  })

  test('what its maker put there is performed, too', async () => {
    const other = defineJob<null>({ name: 'other', perform: () => {} })
    const queue = async () => {
      const made = memoryQueue()
      await made.enqueue(other, null, { delay: '1h' })
      return made
    }
    const names = (run: { performed: readonly { name: string }[] }) => run.performed.map(({ name }) => name)
    const report = await simulate(work, (run) => names(run).sort().join() === 'job,other', {
      now,
      queue,
      faults: ['error'],
      errors: 'everywhere',
      points: (point) => point.kind === 'settle',
      checks: { completes: true },
    })
    expect(report.points.map((point) => point.job)).toContain('other')
  })

  test('one that is returned again is emptied first', async () => {
    const queue = memoryQueue()
    const report = await simulate(work, (run) => run.performed.length <= 2, { queue: () => queue })
    expect(report.summary).toMatchObject({ failed: 0 })
    expect(report.summary.scenarios).toBeGreaterThan(3)
  })

  test('one that has a start of its own keeps it, and `within` counts from there', async () => {
    const start = new Date('2030-01-01T00:00:00Z')
    const chain: MemoryQueue[] = []
    const daily = defineJob<null>({
      name: 'daily',
      async perform(_payload, { enqueue }) {
        await charge(new World())
        await enqueue('daily', null, { delay: '1d' })
      },
    })
    const report = await simulate(daily.with(null), (run) => run.performed.length === 3, {
      faults: ['crash'],
      within: '2d',
      points: (point) => point.kind === 'settle',
      maxScenarios: 1,
      queue: () => {
        const queue = memoryQueue({ now: start })
        chain.push(queue)
        return queue
      },
    }).catch((error) => error)
    expect(report.message).toBeUndefined()
    expect(chain[0]!.now.toISOString()).toBe('2030-01-03T00:00:00.000Z')
  })
})

test('a queue that is told where its time starts says where that of the simulation does', async () => {
  const start = new Date('2030-01-01T00:00:00Z')
  const options = { queue: memoryQueue({ now: start, jobs: [job] }) }
  const byName = enqueuedBy(({ queue }) => (queue as MemoryQueue).enqueue('job', null))
  const report = await simulate(byName, (run) => run.now.getUTCFullYear() === 2030, options)
  expect(report.summary).toMatchObject({ failed: 0, now: start.toISOString() })
  const told = await simulate(work, (run) => run.now.getUTCFullYear() === 2026, { ...options, now })
  expect(told.summary).toMatchObject({ failed: 0, now: now.toISOString() })
})
