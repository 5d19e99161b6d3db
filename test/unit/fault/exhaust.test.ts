import {
  crash,
  defineJob,
  exhaust,
  glitchBeforeCall,
  type JobOptions,
  type RunInfo,
  runScenario,
  type SimulationOptions,
  simulate,
} from 'faultline'
import { describe, expect, test } from 'vitest'
import * as code from '../../../fixtures/engine/delivery-faults.ts'
import { World } from '../../helpers/engine-world.ts'
import { inSource } from '../../helpers/source-lines.ts'

let world = new World()
const setup = () => (world = new World())
const now = new Date(0)

const jobOf = (perform: (w: World) => unknown, options: Partial<JobOptions<null>> = {}) =>
  defineJob<null>({ name: 'pay', attempts: 2, perform: () => perform(world), ...options })
const pay = jobOf(code.pay, { onDead: () => code.release(world) })
const all = (w: World) => w.log.map(({ delivery, what }) => `${delivery}:${what}`).join(' ')

/** All that happened in each scenario, as `whenDead` saw it. */
async function seen(job: typeof pay, options: SimulationOptions<World> = {}) {
  const judged: [string, string][] = []
  const whenDead = (run: RunInfo, w: World) => {
    judged.push([inSource(run.id), all(w)])
  }
  const asserted: string[] = []
  const report = await simulate<World>(job.with(null), (run) => void asserted.push(run.id), {
    setup,
    now,
    faults: ['exhaust'],
    whenDead,
    ...options,
  })
  return { judged: Object.fromEntries(judged), asserted, report }
}

describe('exhaust', () => {
  test('strikes on every attempt, spares onDead, and is judged by whenDead alone', async () => {
    const { judged, asserted, report } = await seen(pay, { snapshot: (w) => all(w) })
    expect(judged).toEqual({
      "exhaust@‹await w.io('reserve')›": '3:release 3:notify',
      "exhaust@‹await w.io('charge')›": '1:reserve 2:reserve 3:release 3:notify',
      "exhaust@await:‹await w.io('charge')›": '1:reserve 1:charge 2:reserve 2:charge 3:release 3:notify',
    })
    expect(asserted).toEqual(['baseline', 'baseline'])
    expect(report.scenarios.map(({ outcome }) => outcome)).toEqual(['survived', 'survived', 'survived'])
    expect(report.summary.notApplicable).toEqual({})
  })

  test('its timeline', async () => {
    const { report } = await seen(pay)
    const timeline = report.scenarios[1]!.timeline.map(({ at, kind, delivery, detail = '' }) =>
      `${at} ${kind} ${delivery} ${inSource(detail)}`.trim(),
    )
    expect(timeline).toEqual([
      '0 enqueued 0',
      '0 started 1',
      '0 glitched 1 exhaust',
      "0 failed 1 GlitchError: glitch at ‹await w.io('charge')› (ECONNRESET)",
      '3000 retried 2',
      '3000 glitched 2 exhaust',
      "3000 dead 2 GlitchError: glitch at ‹await w.io('charge')› (ECONNRESET)",
      '3000 retried 3 onDead',
      '3000 completed 3',
    ])
  })

  test('a job that promises nothing for its death, or too little, fails', async () => {
    const silent = jobOf(code.pay)
    const report = await simulate<World>(silent.with(null), {
      setup,
      faults: [exhaust()],
      whenDead: (run, w) => {
        expect(run.dead.map(({ id, attempt }) => `${id}/${attempt}`)).toEqual(['pay-1/2'])
        return all(w).includes('release')
      },
    })
    expect(report.failures.map(({ id, reason, error }) => [inSource(id), reason, error?.message])).toEqual([
      ["exhaust@‹await w.io('reserve')›", 'assertion', 'The assertions returned false.'],
      ["exhaust@‹await w.io('charge')›", 'assertion', 'The assertions returned false.'],
      ["exhaust@await:‹await w.io('charge')›", 'assertion', 'The assertions returned false.'],
    ])
    expect(report.causes).toHaveLength(1)
    expect(String(report).replaceAll(/\s+/g, ' ')).toContain(
      '`onDead` must undo or report what was already done.',
    )
  })

  test('a job that retries by itself is struck each time', async () => {
    const { judged } = await seen(jobOf(code.persistent, { attempts: 1 }), { hits: 1 })
    expect(judged).toEqual({
      "exhaust@‹await w.io('charge')›": '',
      'exhaust@‹return›': '1:charge 1:charge 1:charge',
    })
  })

  test('a job that does not die of it is not judged', async () => {
    const { judged, report } = await seen(jobOf(code.swallowing))
    expect(judged).toEqual({})
    expect(report.scenarios).toEqual([])
    expect(report.summary.notApplicable).toEqual({
      exhaust: expect.stringMatching(/^nothing there .*; the job did not die of it \(\d+ scenarios?\)$/),
    })
  })

  test('depth 2: failures inside of onDead', async () => {
    const { judged, report } = await seen(pay, { faults: [exhaust(), crash()], depth: 2 })
    const inHook = Object.entries(judged).filter(([id]) =>
      id.includes("exhaust@‹await w.io('charge')›+crash@‹w.effect('release')"),
    )
    expect(inHook).toEqual([
      [
        "exhaust@‹await w.io('charge')›+crash@‹w.effect('release')›/3",
        '1:reserve 2:reserve 4:release 4:notify',
      ],
    ])
    expect(report.failures.map(({ id }) => id)).toEqual([])
    expect(report.scenarios.filter(({ id }) => /exhaust.*exhaust/.test(id)).length).toBeGreaterThan(0)
  })

  test('needs whenDead, and whenDead needs it', async () => {
    const message =
      "The fault 'exhaust' needs the option `whenDead`: it kills the job for good, and neither assertions nor snapshot judge that.\n" +
      '  hint: whenDead: (run, world) => …, a function that fails unless the job left everything as it promises for its death.'
    await expect(simulate(pay.with(null), () => {}, { faults: ['error', 'exhaust'] })).rejects.toMatchObject({
      code: 'FAULTLINE_BAD_OPTION',
      message,
    })
    const glitch = glitchBeforeCall('pay', exhaust())
    await expect(runScenario(pay.with(null), { glitch }, () => {})).rejects.toMatchObject({ message })
    const wrong = simulate(pay.with(null), () => {}, { whenDead: 1 as never })
    await expect(wrong).rejects.toThrow('whenDead: received 1; allowed is a function.')
    const { report } = await seen(pay, { faults: ['crash'] })
    expect(report.summary.notApplicable).toEqual({
      exhaust: "`whenDead` was given, but `faults` does not name 'exhaust'",
    })
  })

  test('in a scenario of its own', async () => {
    const glitch = glitchBeforeCall(
      'pay',
      exhaust(() => new Error('down')),
    )
    const result = await runScenario<World>(pay.with(null), {
      glitch,
      setup,
      whenDead: (_, w) => all(w) === '3:release 3:notify',
    })
    expect(result.outcome).toBe('survived')
    const swallowing = defineJob<null>({ name: 'job', perform: () => code.pay(world).catch(() => {}) })
    await expect(runScenario(swallowing.with(null), { glitch, setup, whenDead: () => {} })).rejects.toThrow(
      'exhaust() struck in job, but the job did not die of it: `whenDead` was never asked, and nothing was tested.',
    )
  })

  test("is not in 'all'", async () => {
    const { scenarios } = await simulate(pay.with(null), () => {}, {
      faults: 'all',
      setup,
      checks: { completes: false },
    })
    expect(scenarios.flatMap(({ faults }) => faults.map(({ fault }) => fault))).not.toContain('exhaust')
  })
})
