import { defineJob, error, simulate, trace } from 'faultline'
import { expect, test } from 'vitest'
import { besideOneThatThrows, branches } from '../../../fixtures/engine/branches.ts'
import { World } from '../../helpers/engine-world.ts'

const orders = [
  [0, 10, 20],
  [20, 10, 0],
  [10, 20, 0],
]

/** For each hit of the lines of `function`: which branch's save did not happen because the fault struck there. */
async function struckBranches(name: keyof typeof branches, at: string, delaysMs: number[]) {
  const struck: Record<string, string> = {}
  const worlds: [string, World][] = []
  const job = defineJob<null>({
    name: 'fan-out',
    perform: (_, context) => branches[name](worlds.at(-1)![1], context.attempt === 1 ? delaysMs : [0, 0, 0]),
  })
  const report = await simulate(
    job.with(null),
    ({ id }) => {
      worlds.at(-1)![0] = id
    },
    {
      setup: () => void worlds.push(['', new World()]),
      faults: [error(() => new Error('struck'))],
      hits: 'all',
      points: ({ function: fn, kind }) => `${kind} ${fn}` === at,
    },
  )
  for (const { id, outcome, error } of report.failures) struck[id] = `${outcome}: ${error?.message}`
  for (const [id, world] of worlds) {
    if (id === 'baseline') continue
    const missing = [0, 1, 2].filter((i) => !world.of(1).includes(`save${i}`))
    struck[id.replace(/^.*#/, '#').replace(/^error.*/, '#1')] = missing.join()
  }
  return struck
}

const cases: [keyof typeof branches, string][] = [
  ['awaiting', 'line save'],
  ['catching', 'line save'],
  ['rejecting', 'line save'],
  ['finallyReleasing', 'line save'],
  ['nested', 'line save'],
  ['looping', 'line save'],
  ['returningPromises', 'return fetchIt'],
  ['inOneFunction', 'return fetchIt'],
]

test.for(cases)('hits of %s are numbered by branch, whichever I/O comes back first', async ([name, at]) => {
  for (const delaysMs of orders) {
    expect(await struckBranches(name, at, delaysMs)).toEqual({ '#1': '0', '#2': '1', '#3': '2' })
  }
})

test.for(cases)('the points of %s do not depend on the order of I/O', async ([name]) => {
  const traces = []
  for (const delaysMs of orders) {
    const job = defineJob({ name: 'fan-out', perform: () => branches[name](new World(), delaysMs) })
    const points = await trace(job.with(null))
    traces.push(points.map(({ key, kind, hit }) => `${kind} ${key} ${hit}`).sort())
  }
  expect(traces[1]).toEqual(traces[0])
  expect(traces[2]).toEqual(traces[0])
})

test('a branch that ends by throwing is no part of what comes later', async () => {
  let runs = 0
  const job = defineJob<null>({
    name: 'beside',
    perform: () => besideOneThatThrows(new World(), runs++ % 2 === 0 ? 1 : 4),
  })
  const report = await simulate(job.with(null), () => true)
  expect(report.summary, String(report)).toMatchObject({
    failed: 0,
    flaky: 0,
    unreached: 0,
    exhaustive: true,
  })
  expect(report.summary.scenarios).toBeGreaterThan(15)
})
