import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  crash,
  defineJob,
  delay,
  duplicate,
  eager,
  error,
  exhaust,
  type Fault,
  type Glitch,
  glitchAfterLine,
  glitchAt,
  glitchBeforeCall,
  glitchBeforeReturn,
  interrupt,
  type JobContext,
  once,
  reorder,
  runScenario,
  simulate,
  stall,
  timeout,
} from 'faultline'
import { describe, expect, test } from 'vitest'
import * as jobs from '../../../fixtures/engine/delivery-faults.ts'
import { World } from '../../helpers/engine-world.ts'
import { REPOSITORY } from '../../helpers/source-alias.ts'
import { brief } from '../../helpers/timeline.ts'

const file = 'fixtures/engine/delivery-faults.ts'
const source = readFileSync(path.join(REPOSITORY, file), 'utf8').split('\n')
const lineOf = (text: string) => `${file}:${source.findIndex((line) => line.includes(text)) + 1}`

test.for<[string, () => Fault, string, RegExp]>([
  [
    'an option that does not exist',
    () => crash({ unwinds: true } as never),
    'FAULTLINE_BAD_OPTION',
    /unwinds.*unwind/s,
  ],
  ['an option of another kind', () => crash({ unwind: 'no' } as never), 'FAULTLINE_BAD_OPTION', /'no'/],
  ['no object', () => crash(false as never), 'FAULTLINE_BAD_OPTION', /received false/],
  ['a grace that is not named', () => interrupt('10s' as never), 'FAULTLINE_BAD_OPTION', /'10s'/],
  [
    'a misspelt grace',
    () => interrupt({ grce: '10s' } as never),
    'FAULTLINE_BAD_OPTION',
    /Did you mean 'grace'/,
  ],
  [
    'an order that does not exist',
    () => timeout('retry' as never),
    'FAULTLINE_BAD_OPTION',
    /old-first.*'retry'/,
  ],
  ['more time than a Date has', () => delay(1e300), 'FAULTLINE_BAD_TIME', /range of Date/],
])('%s is told', ([, make, code, message]) => {
  expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
})

class PaymentError extends Error {
  override readonly name = 'PaymentError'
}

test.for<[string, Fault, string]>([
  ['a class of errors', error(PaymentError), 'PaymentError: thrown by error()'],
  ['a built-in class', error(TypeError), 'TypeError: thrown by error()'],
  ['a function', error(() => new RangeError('made')), 'RangeError: made'],
  ['a value', error('text'), 'text'],
])('error() with %s', async ([, fault, thrown]) => {
  const w = new World()
  const job = defineJob<null>({ name: 'job', perform: () => jobs.pay(w) })
  const glitch = glitchAt(file, "await w.io('reserve')", fault)
  const { timeline } = await runScenario(job.with(null), { glitch }, () => {})
  expect(timeline.find(({ kind }) => kind === 'failed')?.detail).toBe(thrown)
})

describe('a glitch that comes to nothing is no success', () => {
  const strike = async (glitch: Glitch, perform: (w: World) => unknown = jobs.pay) => {
    const w = new World()
    const job = defineJob<null>({ name: 'job', perform: () => perform(w) })
    return runScenario(job.with(null), { glitch }, () => {})
  }

  test.for<[string, Glitch, string, RegExp]>([
    [
      'a time-out of none',
      glitchAt(file, "await w.io('reserve')", timeout()),
      'BAD_OPTION',
      /sets no time-out/,
    ],
    [
      'an eager job of none',
      glitchAt(file, "await w.io('reserve')", eager()),
      'UNREACHED',
      /no job.*enqueued/,
    ],
    ['an order of one', glitchAt(file, "await w.io('reserve')", reorder()), 'UNREACHED', /no two jobs/],
  ])('%s', async ([, glitch, code, message]) => {
    await expect(strike(glitch)).rejects.toMatchObject({
      code: `FAULTLINE_${code}`,
      message: expect.stringMatching(message),
    })
  })

  test('a stall at a return', async () => {
    await expect(strike(glitchBeforeReturn('answer', stall()), jobs.answer)).rejects.toMatchObject({
      code: 'FAULTLINE_BAD_OPTION',
      message: expect.stringContaining('on its way already'),
    })
  })

  test('a stall after a line strikes at the await that is next', async () => {
    const { timeline } = await strike(glitchAfterLine(lineOf("await w.io('ask')"), stall()), jobs.answer)
    expect(brief(timeline).slice(2, 4)).toEqual([
      '+0s glitched 1 (worker 1) stall at await',
      '+0s stalled 1 (worker 1)',
    ])
  })
})

describe('delivery faults as glitches at a line', () => {
  const run = async (glitch: Glitch) => {
    const w = new World()
    const step = defineJob<number>({ name: 'step', perform: (id) => jobs.step(w, id) })
    const perform = (_: null, context: JobContext) => jobs.fanOut(w, context, step as never, [1, 2])
    const parent = defineJob<null>({ name: 'parent', perform: perform as never })
    await runScenario(parent.with(null), { glitch }, () => {})
    return w.log.map(({ what }) => what)
  }

  test('the next job that is enqueued starts at once', async () => {
    const w = new World()
    const step = defineJob<null>({ name: 'step', perform: () => jobs.child(w) })
    const perform = (_: null, context: JobContext) => jobs.lateParent(w, context, step as never)
    const parent = defineJob<null>({ name: 'parent', perform: perform as never })
    const { timeline } = await runScenario(
      parent.with(null),
      { glitch: glitchBeforeCall('lateParent', eager()) },
      () => {},
    )
    expect(brief(timeline).filter((event) => /started|completed/.test(event))).toEqual([
      '+0s started 1 (worker 1)',
      '+0s started 1 (worker 2)',
      '+0s completed 1 (worker 2)',
      '+0s completed 1 (worker 1)',
    ])
  })

  test('the next jobs start in another order', async () => {
    expect(await run(glitchAt(file, "w.effect('fan out')", reorder()))).toEqual([
      'fan out',
      'step 2',
      'step 1',
    ])
  })

  test('the job is delivered once more', async () => {
    const log = await run(glitchAt(file, "w.effect('fan out')", duplicate()))
    expect(log.filter((what) => what === 'fan out')).toHaveLength(2)
  })
})

test('nothing redelivers a request: who stalls or doubles it is not applicable', async () => {
  const w = new World()
  const handler = once(() => jobs.pay(w))
  const { summary } = await simulate(handler, () => {}, { faults: 'all', now: new Date(0) })
  expect(summary.notApplicable.stall).toMatch(/^nothing redelivers a request/)
  expect(summary.notApplicable.duplicate).toMatch(/^nothing redelivers a request/)
  expect(summary.failed + summary.unreached + summary.flaky).toBe(0)
})

test('exhaust beside jobs that may start in any order', async () => {
  let w = new World()
  const step = defineJob<number>({ name: 'step', attempts: 2, perform: (id) => jobs.step(w, id) })
  const perform = (_: null, context: JobContext) => jobs.fanOut(w, context, step as never, [1, 2])
  const parent = defineJob<null>({ name: 'parent', attempts: 2, perform: perform as never })
  const { summary } = await simulate(parent.with(null), {
    setup: () => (w = new World()),
    faults: [exhaust(), 'reorder'],
    whenDead: () => {},
    snapshot: () => w.log.map(({ what }) => what).toSorted(),
    now: new Date(0),
  })
  expect(summary).toMatchObject({ failed: 0, unreached: 0 })
  expect(summary.survived).toBeGreaterThan(3)
})
