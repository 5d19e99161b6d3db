import { expect, test } from 'vitest'
import { limited, overheard, reads } from '../../../fixtures/engine/shared-memory.ts'
import { defineJob, type FaultName, simulate } from '../../../src/index.ts'

type Perform = typeof limited

function simulated(perform: Perform, faults: FaultName[], depth = 1) {
  const texts = new Set<string>()
  const notes = { put: async (text: string) => void texts.add(text) }
  const job = defineJob<null>({ name: 'note', perform: () => perform(notes) })
  return simulate(job.with(null), () => expect(texts.size).toBe(1), {
    faults,
    depth,
    hangAfterMs: 20_000,
    setup: () => texts.clear(),
  })
}

const sharing =
  'both workers of the simulation share the module variables of fixtures/engine/shared-memory.ts'

test('a limiter that two workers share only here: right, and approximate, and nobody waits for it', {
  timeout: 120_000,
}, async () => {
  const startedMs = performance.now()
  const report = await simulated(limited, ['stall'], 2)
  expect(report.failures.map(({ id }) => id)).toEqual([])
  expect(report.summary.exhaustive).toBe(true)
  expect(new Set(report.scenarios.map(({ approximate }) => approximate))).toEqual(new Set([sharing]))
  // Half a second each, where the watchdog has to notice.
  expect((performance.now() - startedMs) / report.scenarios.length).toBeLessThan(250)
  expect(String(report)).toMatch(
    /of two workers whose jobs use\s+module variables.*give the job with `load`/s,
  )
})

test('a listener that the second worker takes away: frozen at awaits only, where it may happen in one process', {
  timeout: 120_000,
}, async () => {
  const report = await simulated(overheard, ['stall'])
  expect(report.failures.map(({ id }) => id)).toEqual([])
  expect(report.scenarios.flatMap(({ faults }) => faults[0]!.point.also.map(({ kind }) => kind))).toEqual([
    'await',
    'await',
  ])
  expect(report.summary.notApplicable.stall).toMatch(/^between two statements that use module variables/)
})

test('an error leaves nothing in doubt', async () => {
  const report = await simulated(limited, ['error'])
  expect(report.failures).toEqual([])
  expect(new Set(report.scenarios.map(({ approximate }) => approximate))).toEqual(new Set([undefined]))
})

test('a zombie that waits for ever for what came while it was frozen does no harm', {
  timeout: 120_000,
}, async () => {
  const report = await simulated(reads, ['stall'])
  expect(report.failures.map(({ id, reason }) => `${id} ${reason}`)).toEqual([])
  const waiting = report.scenarios.filter(({ approximate }) => approximate !== undefined)
  expect(waiting.length).toBeGreaterThan(0)
  for (const { approximate, timeline } of waiting) {
    expect(approximate).toMatch(/^the worker that woke up waits for ever/)
    expect(timeline.map(({ kind, detail }) => `${kind} ${detail ?? ''}`)).toContain(
      'refused it waits for ever',
    )
  }
})
