import { readFileSync } from 'node:fs'
import { type JobDefinition, type SimulationOptions, simulate } from 'faultline'
import { describe, expect, test } from 'vitest'
import * as jobs from '../../../fixtures/engine/check-kinds.ts'
import { renderTerminal } from '../../../src/report/terminal.ts'

/** The whole report of a job, without what differs from run to run. */
async function reportOf(job: JobDefinition<string>, options: SimulationOptions = {}) {
  const report = await simulate(job.with('7'), {
    setup: () => jobs.world.reset(),
    snapshot: () => new Set(jobs.world.done),
    now: new Date('2026-01-05T09:00:00Z'),
    faults: ['error'],
    ...options,
  })
  const text = renderTerminal(
    { ...report, command: 'npx vitest run test/order.test.ts' },
    { colors: false, width: 80 },
  )
  return {
    report,
    text: `${text.replaceAll(/(took |· )[\d.]+ (?:ms|s|m)$/gm, '$1…').replaceAll(/, [\da-f]{8}\)/g, ', ‹hash›)')}\n`,
  }
}

const kinds: [
  string,
  JobDefinition<string>,
  SimulationOptions,
  reason: string,
  blamed: string | undefined,
][] = [
  ['missing-await', jobs.missingAwait, {}, 'unsettled', 'audit(order)'],
  ['for-each-async', jobs.forEachAsync, {}, 'unsettled', ";['a', 'b'].forEach(async (part) => {"],
  ['return-without-await', jobs.returnWithoutAwait, {}, 'dead', 'return world.book(order)'],
  ['unhandled-rejection', jobs.unhandledRejection, {}, 'rejection', 'refuse(order)'],
  [
    'left-work',
    jobs.leftWork,
    { checks: { settled: false } },
    'undrained',
    'world.upload(order).then(() => enqueue(mail, order))',
  ],
  ['dead-job', jobs.deadJob, {}, 'dead', undefined],
  ['runaway', jobs.chain, {}, 'runaway', "await enqueue(chain, order, { delay: '1h' })"],
  ['hung', jobs.hangs, { hangAfterMs: 200 }, 'hung', "if (world.done.includes('ship 7')) await never()"],
  ['endless-poll', jobs.pollsForEver, {}, 'runaway', "while (world.done.includes('ship 7')) await pause()"],
]

describe('the report of each built-in check, whole', () => {
  test.for(kinds)('%s', async ([name, job, options, reason, blamed]) => {
    const { report, text } = await reportOf(job, options)
    const [cause] = report.causes
    expect(cause?.reason).toBe(reason)
    const lines = readFileSync('fixtures/engine/check-kinds.ts', 'utf8').split('\n')
    const { blame } = cause!
    expect(blame && [blame.file, lines[blame.line - 1]?.trim()]).toEqual(
      blamed && ['fixtures/engine/check-kinds.ts', blamed],
    )
    await expect(text).toMatchFileSnapshot(`./reports/check-${name}.txt`)
  })
})
