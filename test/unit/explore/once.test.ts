import { once, simulate } from 'faultline'
import { expect, test } from 'vitest'
import { pay } from '../../../fixtures/engine/delivery-faults.ts'
import { World } from '../../helpers/engine-world.ts'

let world = new World()
const setup = () => (world = new World())
const always = once(async () => {
  await pay(world)
  throw new Error('no such order')
})

test('a request that always fails is wrong without any fault', async () => {
  const { scenarios } = await simulate<World>(always, () => {}, { setup, name: 'request', now: new Date(0) })
  expect(
    scenarios.map(({ id, outcome, reason, error }) => [id, outcome, reason, error?.message.split('\n')[0]]),
  ).toEqual([['baseline', 'failed', 'dead', 'request failed without any fault: no such order']])
})

test('where that is right, the check is turned off; under a fault it may fail anyway', async () => {
  const checks = { completes: false }
  const off = await simulate<World>(always, () => {}, { setup, checks, now: new Date(0) })
  expect(off.failures).toEqual([])
  const handler = once(() => pay(world))
  const { summary } = await simulate<World>(handler, () => {}, { setup, now: new Date(0) })
  expect(summary).toMatchObject({ failed: 0, flaky: 0, unreached: 0 })
  expect(summary.survived).toBeGreaterThan(3)
})
