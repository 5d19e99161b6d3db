import { memoryQueue, simulate } from 'faultline'
import { expect, test } from 'vitest'
import { asking, makePool, opened } from '../../../fixtures/engine/pool-listener.ts'
import type { QueueAdapter } from '../../../src/queue/port.ts'

test('what a pool tells its listeners is no part of the delivery that asked it for a connection', async () => {
  const pool = makePool()
  const queue: QueueAdapter = Object.assign(memoryQueue(), { pools: [pool] })
  const simulated = simulate(asking(pool).with({}), () => true, { queue, faults: ['error'], depth: 2 })
  const { scenarios, failures, summary } = await simulated
  expect(failures).toEqual([])
  expect(summary.scenarios).toBeGreaterThan(10)
  expect(scenarios.flatMap(({ faults }) => faults.map(({ point }) => point.function))).not.toContain(
    'makePool.<anonymous>',
  )
  expect(opened.length).toBeGreaterThan(summary.scenarios / 5)
  expect(Object.hasOwn(pool, 'emit')).toBe(false)
})
