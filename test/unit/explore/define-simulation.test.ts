import { defineJob, defineSimulation, type ScenarioResult, type SimulationOptions } from 'faultline'
import { expect, test } from 'vitest'
import * as code from '../../../fixtures/engine/charge.ts'
import { isSimulation } from '../../../src/explore/index.ts'
import { World } from '../../helpers/engine-world.ts'

let world = new World()
const now = new Date('2026-01-01T00:00:00Z')
const options: SimulationOptions<World> = { setup: () => (world = new World()), now }
const job = defineJob<null>({ name: 'charge', perform: () => code.charge(world) })
const chargedOnce = (_: unknown, w: World) => w.log.filter(({ what }) => what === 'charge').length === 1
const make = (more: SimulationOptions<World> = {}) =>
  defineSimulation('charge', job.with(null), { ...options, ...more }, chargedOnce)

test('yields each scenario as it ends, and returns the report', async () => {
  let loaded = 0
  const simulation = make({
    setup: () => {
      loaded++
      return (world = new World())
    },
  })
  expect(loaded).toBe(0)
  const iterator = simulation[Symbol.asyncIterator]()
  const results: ScenarioResult[] = []
  let next = await iterator.next()
  while (!next.done) {
    results.push(next.value)
    next = await iterator.next()
  }
  expect(results.map(({ id, outcome }) => [id, outcome])).toEqual(
    next.value.scenarios.map(({ id, outcome }) => [id, outcome]),
  )
  expect(next.value.summary.failed).toBeGreaterThan(0)
  expect(next.value.summary.survived).toBeGreaterThan(0)
})

test('runs again each time, and is told from other values', async () => {
  const simulation = make()
  const [first, second] = [await simulation.run(), await simulation.run()]
  expect(second.scenarios.map(({ id }) => id)).toEqual(first.scenarios.map(({ id }) => id))
  expect([simulation, {}, null, 1].map(isSimulation)).toEqual([true, false, false, false])
})

test('who stops iterating ends the run', async () => {
  let set = 0
  const simulation = make({
    depth: 3,
    setup: async () => {
      set++
      await new Promise((resolve) => setTimeout(resolve, 4))
      return (world = new World())
    },
  })
  for await (const { id } of simulation) {
    expect(id).toContain('@')
    break
  }
  const stoppedAt = set
  const report = await simulation.run()
  expect(stoppedAt).toBeLessThan(report.scenarios.length)
})

test('what cannot run at all rejects', async () => {
  const broken = defineSimulation(
    'nothing',
    () => {},
    { now },
    () => {},
  )
  await expect(broken[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'FAULTLINE_NO_POINTS' })
})

test('a missing name is an error that says so', () => {
  expect(() => defineSimulation('', job.with(null), () => {})).toThrow(
    "defineSimulation(name, work, …) takes a name first: received ''; allowed is a text that is not empty.",
  )
  expect(() => defineSimulation('charge', job.with(null))).toThrow('nothing to judge it by')
})
