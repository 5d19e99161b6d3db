import { defineJob, exploreRaces } from 'faultline'
import { expect, test } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'
import { countByPreemptions, countSchedules } from '../../../../src/explore/strategies/index.ts'

let w: jobs.Account
const setup = () => (w = new jobs.Account())
const fine = () => true

test.for(['fourSteps', 'fourAwaits'] as const)(
  'two jobs of %s: all 70 schedules, each once',
  async (name) => {
    const job = defineJob<string>({ name, perform: (letter) => jobs[name](w, letter) })
    const seen = new Set<string>()
    const report = await exploreRaces([job.with('A'), job.with('B')], { setup }, () => {
      seen.add(w.log.join(' '))
    })
    expect(report.summary).toMatchObject({
      schedules: '70',
      run: 70,
      failed: 0,
      exhaustive: true,
      guarantee: 'all 70 schedules, at first-party awaits; library calls atomic',
    })
    expect(new Set(report.races.map(({ schedule }) => schedule)).size).toBe(70)
    expect(seen.size).toBe(70)
    for (const { schedule } of report.races) expect([...schedule].sort().join('')).toBe('AAAABBBB')
  },
)

const tenSteps = defineJob<string>({ name: 'ten', perform: (letter) => jobs.steps(w, letter, 10) })

test.for([
  [0, 2],
  [1, 20],
  [2, 182],
  [3, 830],
])('two jobs of 10 steps with up to %i preemptions: %i schedules', async ([preemptions, count]) => {
  const report = await exploreRaces([tenSteps.with('A'), tenSteps.with('B')], fine, {
    setup,
    strategy: { preemptions: preemptions! },
  })
  expect(report.summary).toMatchObject({ schedules: '184756', run: count, exhaustive: false })
  expect(new Set(report.races.map(({ schedule }) => schedule)).size).toBe(count)
  expect(report.races.every((race) => race.preemptions <= preemptions!)).toBe(true)
  expect(report.summary.guarantee).toMatch(
    new RegExp(`^complete to ${preemptions} preemptions? \\(${count} of 184 756\\), at first-party awaits`),
  )
})

test('the counts are exact, whatever the size', () => {
  const cumulated = (steps: number[], bound: number) => {
    let sum = 0n
    return countByPreemptions(steps, bound).map((count) => (sum += count))
  }
  expect(cumulated([10, 10], 3)).toEqual([2n, 20n, 182n, 830n])
  expect(cumulated([20, 20], 3)).toEqual([2n, 40n, 762n, 7260n])
  expect(countSchedules([20, 20])).toBe(137846528820n)
  expect(countSchedules([40, 40, 40])).toBe(factorialRatio())
  for (const steps of [
    [3, 2],
    [4, 4],
    [2, 2, 2],
    [1, 3, 2],
    [1, 1, 1, 1],
  ]) {
    expect(cumulated(steps, 20).at(-1), steps.join()).toBe(countSchedules(steps))
    expect(countByPreemptions(steps, 4)).toEqual(enumerated(steps, 4))
  }
})

/** 120! ÷ 40!³, worked out another way. */
function factorialRatio(): bigint {
  const factorial = (n: bigint): bigint => (n <= 1n ? 1n : n * factorial(n - 1n))
  return factorial(120n) / factorial(40n) ** 3n
}

/** Every schedule, listed and counted. */
function enumerated(steps: number[], bound: number): bigint[] {
  const counts = Array.from({ length: bound + 1 }, () => 0n)
  const walk = (left: number[], last: number, cost: number): void => {
    if (left.every((count) => count === 0)) {
      if (cost <= bound) counts[cost]!++
      return
    }
    left.forEach((count, index) => {
      if (count === 0) return
      const preempts = last >= 0 && last !== index && left[last]! > 0
      walk(
        left.map((other, at) => (at === index ? other - 1 : other)),
        index,
        cost + (preempts ? 1 : 0),
      )
    })
  }
  walk(steps, -1, 0)
  return counts
}
