import { defineJob, performAll, type SimulationOptions, simulate } from 'faultline'
import { describe, expect, test } from 'vitest'
import { counted } from '../../../fixtures/engine/depth.ts'
import { memoryQueue } from '../../../src/queue/index.ts'
import { World } from '../../helpers/engine-world.ts'
import { inSource } from '../../helpers/source-lines.ts'

const hint =
  'It must give a duration after every error that an attempt may fail with, also one that it does not know.'

const jobWith = (backoff: (attempt: number, error: unknown) => never) =>
  defineJob<null>({ name: 'charge', backoff, perform: () => counted(new World()) })

/** Knows the errors of one library only. */
const throwing = jobWith((_, error) => (error as { response: { wait: never } }).response.wait)
const nothing = jobWith((_, error) => (error as { wait: never }).wait)
const negative = jobWith(() => -1 as never)

const judged = async (job: typeof throwing, options: SimulationOptions = {}) => {
  const report = await simulate(job.with(null), () => {}, options)
  const ends = report.failures.map(({ id, outcome, reason, error }) =>
    inSource(`${id} ${outcome} ${reason} ${(error as Error & { code: string }).code}: ${error!.message}`),
  )
  return { ends, report }
}

describe('a backoff that has no answer to an injected error', () => {
  const notice = "The backoff of job 'charge' after attempt 1 is no time: received"
  const allowed =
    "allowed is a number of milliseconds ≥ 0, or a number with a unit such as '250ms', '3s', '5m', '2h', '14d'."

  test.each([
    [
      'throws',
      throwing,
      "FAULTLINE_BAD_JOB: The backoff of job 'charge' threw after attempt 1: TypeError: Cannot read properties of undefined (reading 'wait').",
    ],
    ['returns nothing', nothing, `FAULTLINE_BAD_TIME: ${notice} undefined; ${allowed}`],
    ['returns what is negative', negative, `FAULTLINE_BAD_TIME: ${notice} -1; ${allowed}`],
  ])('is a finding of that scenario where it %s; the others are judged', async (_, job, told) => {
    const { ends, report } = await judged(job, { faults: ['error', 'crash'], hits: 'all' })
    expect(ends).toEqual([
      `error@‹w.effect('one')› failed dead ${told}\n  hint: ${hint}`,
      `error@‹w.effect('two')› failed dead ${told}\n  hint: ${hint}`,
    ])
    expect(report.scenarios.filter(({ id }) => id.startsWith('crash')).map(({ outcome }) => outcome)).toEqual(
      Array(4).fill('survived'),
    )
  })

  test('also where it is the second fault, and not where nobody asks that jobs complete', async () => {
    const late = defineJob<null>({
      name: 'charge',
      backoff: (attempt) => (attempt === 1 ? 0 : Number.NaN),
      perform: () => counted(new World()),
    })
    const { report } = await judged(late as never, { faults: ['error'], depth: 2 })
    expect(new Set(report.failures.map(({ faults, outcome }) => `${faults.length} ${outcome}`))).toEqual(
      new Set(['2 failed']),
    )
    const asked = { faults: ['error'], checks: { completes: false, drained: false } } as const
    expect((await judged(throwing, asked)).ends).toEqual([])
  })
})

test('a backoff that fails where nothing was injected ends the simulation, as it does performAll', async () => {
  const broken = defineJob<null>({
    name: 'broken',
    backoff: () => Number.NaN,
    perform: () => Promise.reject(new Error('no')),
  })
  await expect(simulate(broken.with(null), () => {})).rejects.toMatchObject({ code: 'FAULTLINE_BAD_TIME' })
  const queue = memoryQueue()
  await queue.enqueue(broken, null)
  await expect(performAll(queue)).rejects.toMatchObject({ code: 'FAULTLINE_BAD_TIME' })
})
