import { defineJob, exploreRaces, type RaceReport } from 'faultline'
import { expect, test } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'
import { pctProbability } from '../../../../src/explore/strategies/pct.ts'

let w: jobs.Account
const setup = () => (w = new jobs.Account())
const steps = (count: number) =>
  defineJob<string>({ name: `steps-${count}`, perform: (letter) => jobs.steps(w, letter, count) })
const [four, ten] = [steps(4), steps(10)]
const fine = () => true
const schedulesOf = ({ races }: RaceReport) => races.map(({ schedule }) => schedule)

/** One job writes in two steps, the other looks in between: a bug of depth 2. */
const fragile = defineJob<string>({ name: 'fragile', perform: (name) => jobs.fragile(w, name, 10, 5) })

test('PCT finds a planted bug of depth 2 at least as often as it promises', async () => {
  const runs = 1_500
  const report = await exploreRaces(
    [fragile.with('A'), fragile.with('B')],
    { setup, strategy: { pct: { depth: 2, runs } }, budget: 10_000 },
    () => !w.log.includes('seen'),
  )
  const drawn = report.races.slice(2)
  expect(drawn.length).toBe(runs)
  const rate = drawn.filter(({ outcome }) => outcome !== 'survived').length / runs
  const promised = pctProbability({ depth: 2, works: 2, steps: 20 }, 1)
  expect(promised).toBeCloseTo(1 / 40)
  expect(rate).toBeGreaterThanOrEqual(promised)
  expect(report.summary.guarantee).toContain(
    `PCT depth 2, 1 500 runs: finds any depth-2 bug with probability ≥ 99.9 %`,
  )
})

test('auto: all schedules where they fit', async () => {
  const report = await exploreRaces([four.with('A'), four.with('B')], { setup, budget: 70 }, fine)
  expect(report.summary).toMatchObject({ run: 70, exhaustive: true })
})

test('auto: else whole bounds, and PCT for what is left', async () => {
  const report = await exploreRaces([ten.with('A'), ten.with('B')], { setup, budget: 200 }, fine)
  expect(report.summary).toMatchObject({ run: 200, exhaustive: false, schedules: '184756' })
  expect(report.summary.guarantee).toBe(
    'complete to 2 preemptions (182 of 184 756); PCT depth 2, 9 runs: finds any depth-2 bug with probability ≥ 20.3 %; PCT depth 3, 9 runs: finds any depth-3 bug with probability ≥ 1.1 %, at first-party awaits; library calls atomic',
  )
  expect(new Set(schedulesOf(report).slice(0, 182)).size).toBe(182)
})

test('auto: where not even the orders fit, PCT alone', async () => {
  const many = Array.from({ length: 7 }, (_, index) => four.with(String(index)))
  const report = await exploreRaces(many, { setup, budget: 50 }, fine)
  expect(report.summary).toMatchObject({ run: 50, exhaustive: false })
  expect(report.summary.guarantee).not.toContain('complete')
  expect(report.summary.guarantee).toMatch(/^1 of the orders; PCT depth 2, 25 runs.*PCT depth 3, 24 runs/)
})

test('auto stops after the bound in which schedules fail; exhaustive does not', async () => {
  const works = [fragile.with('A'), fragile.with('B')]
  const check = () => !w.log.includes('seen')
  const auto = await exploreRaces(works, { setup }, check)
  expect(auto.summary).toMatchObject({ run: 20, exhaustive: false })
  expect(auto.summary.guarantee).toMatch(
    /^complete to 1 preemption \(20 of 184 756\); stopped where schedules failed/,
  )
  const more = await exploreRaces(works, { setup, strategy: { preemptions: 2 } }, check)
  expect(more.summary.run).toBe(182)
})

const swaps = defineJob<number>({ name: 'swaps', perform: (amount) => jobs.swaps(w, amount) })
const child = defineJob<null>({ name: 'child', perform: () => jobs.steps(w, 'C', 3) })
const parent = defineJob<null>({
  name: 'parent',
  perform: (_, { enqueue }) => jobs.parent(w, () => enqueue(child.with(null)), false),
})

test.for([
  [[swaps.with(10), swaps.with(20)], 40, 'all 32 schedules (20 by the steps of the works in series), '],
  [[swaps.with(10), swaps.with(20)], 31, 'complete to 4 preemptions (28 schedules); '],
  [[parent.with(null), child.with(null)], 12, 'all 4 schedules (20 by the steps of the works in series), '],
] as const)(
  'auto: a bound is run where what was found says that it fits: %#',
  async ([works, budget, text]) => {
    const report = await exploreRaces(works, fine, { setup, budget })
    expect(report.summary.failed, String(report)).toBe(0)
    expect(report.summary.guarantee.slice(0, text.length)).toBe(text)
  },
)

test('random schedules', async () => {
  const report = await exploreRaces(
    [ten.with('A'), ten.with('B')],
    { setup, strategy: { random: { runs: 40 } } },
    fine,
  )
  expect(report.summary).toMatchObject({ run: 42, exhaustive: false })
  expect(report.summary.guarantee).toContain('40 random schedules')
})

test.for(['auto', 'random', { pct: { depth: 3, runs: 30 } }, { preemptions: 1 }] as const)(
  'the same seed, the same schedules: %j',
  async (strategy) => {
    const run = async (seed: number) =>
      schedulesOf(
        await exploreRaces(
          [ten.with('A'), ten.with('B'), four.with('C')],
          { setup, strategy, seed, budget: 100 },
          fine,
        ),
      )
    const first = await run(1)
    expect(await run(1)).toEqual(first)
    if (typeof strategy === 'string' && strategy === 'random') expect(await run(2)).not.toEqual(first)
  },
)

test('what PCT finds is reduced to few preemptions', async () => {
  const report = await exploreRaces(
    [fragile.with('A'), fragile.with('B')],
    { setup, strategy: { pct: { depth: 3, runs: 200 } } },
    () => !w.log.includes('seen'),
  )
  const told = report.failures.find(({ lines }) => lines !== undefined)!
  expect(told.preemptions).toBe(1)
})

test('every line can be a decision', async () => {
  const job = defineJob<string>({ name: 'lines', perform: (name) => jobs.earlyReturn(w, name) })
  const coarse = await exploreRaces(
    [job.with('A'), job.with('B')],
    { setup, strategy: 'exhaustive' },
    () => w.log.length === 1,
  )
  const fine = await exploreRaces(
    [job.with('A'), job.with('B')],
    { setup, strategy: 'exhaustive', granularity: 'line' },
    () => w.log.length === 1,
  )
  expect(coarse.summary.failed).toBe(0)
  expect(fine.summary.failed).toBeGreaterThan(0)
  expect(fine.summary.guarantee).toContain('at first-party awaits and lines; library calls atomic')
})
