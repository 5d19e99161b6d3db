import { stripVTControlCharacters } from 'node:util'
import {
  defineJob,
  type EnqueueOptions,
  enqueuedBy,
  memoryQueue,
  type SimulationOptions,
  simulate,
  trace,
} from 'faultline'
import { describe, expect, test } from 'vitest'
import * as code from '../../../fixtures/engine/delivery-faults.ts'
import { World } from '../../helpers/engine-world.ts'

let world = new World()
const setup = () => (world = new World())
const now = new Date(0)
const step = defineJob<number>({ name: 'step', perform: (id) => code.step(world, id) })
const fanOut = defineJob<number[]>({
  name: 'fan-out',
  perform: (ids, context) => code.fanOut(world, context, step as never, ids),
})

/** The order of the steps in each scenario, as the assertions saw it. */
async function seen(work: Parameters<typeof simulate>[0], options: SimulationOptions<World> = {}) {
  const runs: Record<string, string> = {}
  const report = await simulate<World>(
    work,
    ({ id }, w) => {
      runs[id] = w.log.flatMap(({ what }) => (what.startsWith('step ') ? [what.slice(5)] : [])).join(' ')
    },
    { setup, now, faults: ['reorder'], ...options },
  )
  return { runs, report }
}

/** Enqueues steps 1, 2 … with these options. */
const steps = (...options: EnqueueOptions[]) =>
  enqueuedBy(async ({ queue }) => {
    for (const [index, each] of options.entries()) await queue.enqueue(step, index + 1, each)
  })

describe('reorder', () => {
  test('the first of several jobs starts after the others: every pair is turned round once', async () => {
    const { runs, report } = await seen(fanOut.with([1, 2, 3]))
    expect(runs).toEqual({
      baseline: '1 2 3',
      'reorder@start[step-1]': '2 3 1',
      'reorder@start[step-2]': '1 3 2',
    })
    const { timeline, faults } = report.scenarios[1]!
    expect(
      timeline.slice(6).map(({ kind, jobId, detail = '' }) => `${kind} ${jobId} ${detail}`.trim()),
    ).toEqual([
      'started step-1',
      'completed step-1',
      'glitched step-2 reorder',
      'started step-3',
      'completed step-3',
      'started step-2',
      'completed step-2',
    ])
    expect(faults.map(({ fault, point }) => [fault, point.kind, point.jobId])).toEqual([
      ['reorder', 'start', 'step-2'],
    ])
  })

  test('a job that depends on the order is found, and the report says where', async () => {
    const report = await simulate<World>(fanOut.with([1, 2]), (_, w) => w.log.at(-1)!.what === 'step 2', {
      setup,
      now,
      faults: ['reorder'],
    })
    expect(report.failures.map(({ id, reason }) => [id, reason])).toEqual([
      ['reorder@start[step-1]', 'assertion'],
    ])
    const text = stripVTControlCharacters(String(report)).replaceAll(/\s+/g, ' ')
    expect(text).toContain('reorder before step-1 started, while others were due at the same time')
    expect(text).toContain('These jobs may start in any order.')
  })

  test('only what is due together, alike in priority and without a key', async () => {
    const orders = async (...options: EnqueueOptions[]) => Object.values((await seen(steps(...options))).runs)
    expect(await orders({}, {})).toEqual(['1 2', '2 1'])
    expect(await orders({ delay: '1s' }, { delay: '1s' }, { delay: '2s' })).toEqual(['1 2 3', '2 1 3'])
    expect(await orders({}, { priority: 1 })).toEqual(['1 2'])
    expect(await orders({ key: 'a' }, {})).toEqual(['1 2'])
    expect(await orders({}, {}, { key: 'a' }, {}, {})).toEqual(['1 2 3 4 5', '2 1 3 4 5', '1 2 3 5 4'])
  })

  test('is not applicable where there is no choice', async () => {
    const reason = async (options: SimulationOptions<World> = {}) =>
      (await seen(steps({}, { delay: '1s' }), options)).report.summary.notApplicable
    expect(await reason()).toEqual({
      reorder: 'no two jobs that may start in any order were due together',
    })
    const queue = () => Object.assign(memoryQueue({ now }), { parallel: undefined })
    expect(await reason({ queue: queue as never })).toEqual({ reorder: 'the memory queue cannot do this' })
  })

  test('the start of a job is no point of other faults', async () => {
    const points = await trace(fanOut.with([1, 2]), { setup })
    expect(points.filter(({ kind }) => kind === 'start')).toEqual([])
    const { report } = await seen(fanOut.with([1, 2]), { faults: ['error', 'crash'] })
    expect(report.scenarios.filter(({ id }) => id.includes('@start'))).toEqual([])
  })

  test('depth 2: two choices in one run', async () => {
    const { runs, report } = await seen(fanOut.with([1, 2, 3]), { depth: 2 })
    expect(report.failures).toEqual([])
    expect(runs).toEqual({
      baseline: '1 2 3',
      'reorder@start[step-1]': '2 3 1',
      'reorder@start[step-2]': '1 3 2',
      'reorder@start[step-1]+reorder@start[step-2]': '3 1 2',
      'reorder@start[step-1]+reorder@start[step-3]': '2 1 3',
      'reorder@start[step-2]+reorder@start[step-3]': '1 2 3',
    })
  })
})
