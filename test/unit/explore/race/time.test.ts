import { defineJob, exploreRaces } from 'faultline'
import { expect, test } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'

let w: jobs.Account
const setup = () => (w = new jobs.Account())
const right = () => w.balance === 70
const racing = (perform: (amount: number, context: never) => Promise<void>) => {
  const job = defineJob<number>({ name: 'job', attempts: 3, backoff: '1m', perform: perform as never })
  return [job.with(10), job.with(20)]
}

test.for([0, 1_000])('who polls for a lock gets it, held for %i ms', async (holdMs) => {
  const works = racing((amount) => jobs.polls(w, amount, { holdMs, givesUp: false }))
  const report = await exploreRaces(works, right, { setup, budget: 500 })
  expect(report.summary, String(report)).toMatchObject({ failed: 0, exhaustive: false })
  expect(report.summary.guarantee).toMatch(/^complete to [1-9]/)
  expect(report.steps[0]).toBe(report.steps[1])
  expect(report.races.slice(0, 2).map(({ preemptions }) => preemptions)).toEqual([0, 0])
})

test('who polls once and goes on without the lock is found', async () => {
  const works = racing((amount) => jobs.polls(w, amount, { holdMs: 1_000, givesUp: true }))
  const report = await exploreRaces(works, right, { setup })
  expect(report.wrongInSeries).toBe(false)
  expect(report.failures[0]).toMatchObject({ reason: 'assertion', preemptions: 1 })
})

test('a job that is tried again later lets the one with the lock go on', async () => {
  const works = racing(async (amount) => jobs.busyOrWithdraw(w, amount))
  const report = await exploreRaces(works, right, { setup, strategy: { preemptions: 1 } })
  expect(report.summary, String(report)).toMatchObject({ failed: 0 })
  expect(report.races.some(({ timeline }) => timeline.some(({ kind }) => kind === 'failed'))).toBe(true)
})

test('the states of all orders are known where works sleep', async () => {
  const works = racing((amount) => jobs.polls(w, amount, { holdMs: 50, givesUp: false }))
  const report = await exploreRaces(works, { setup, budget: 100, snapshot: () => ({ balance: w.balance }) })
  expect(report.summary).toMatchObject({ failed: 0 })
})
