import {
  defineJob,
  enqueuedBy,
  error,
  GlitchError,
  type JobContext,
  type JobDefinition,
  memoryQueue,
  once,
  ResilienceError,
  runSimulation,
  type SimulationOptions,
  type SimulationReport,
  simulate,
} from 'faultline'
import { afterEach, describe, expect, test } from 'vitest'
import * as code from '../../../fixtures/engine/charge.ts'
import { World } from '../../helpers/engine-world.ts'
import { inSource } from '../../helpers/source-lines.ts'

let world = new World()
const setup = () => (world = new World())
const jobOf = (perform: (w: World, context: JobContext) => unknown, more: object = {}) =>
  defineJob<null>({ name: 'job', perform: (_, context) => perform(world, context), ...more })

const told = (report: SimulationReport) =>
  report.failures.map(({ id, outcome, reason, error }) =>
    inSource(`${id} ${outcome} ${reason}: ${error?.message.replaceAll(/\s*\n\s*/g, ' | ')}`),
  )
const ids = (report: SimulationReport) => report.scenarios.map(({ id }) => inSource(id))
const now = new Date('2026-01-01T00:00:00Z')
const chargedOnce = (_: unknown, w: World) => {
  const charges = w.log.filter(({ what }) => what === 'charge').length
  if (charges !== 1) throw new Error(`charged ${charges} times`)
}

describe('the run without faults', () => {
  test('that is wrong is reported as that, with its timeline, and nothing else is run', async () => {
    const report = await simulate<World>(jobOf(code.charge).with(null), () => false, { setup, now })
    expect(told(report)).toEqual(['baseline failed assertion: The assertions returned false.'])
    expect(report.scenarios[0]!.timeline.map(({ kind, delivery }) => `${kind} ${delivery}`)).toEqual([
      'enqueued 0',
      'started 1',
      'completed 1',
    ])
    expect(report.summary).toMatchObject({
      scenarios: 1,
      failed: 1,
      survived: 0,
      exhaustive: false,
      notCovered: { scenarios: 'all: the run without faults is wrong already' },
    })
  })

  test('what differs from run to run is told by the first step that does', async () => {
    code.resetCalls()
    const report = await simulate<World>(jobOf(code.counting).with(null), () => {}, { setup })
    expect(told(report)).toMatchInlineSnapshot(`
      [
        "baseline failed nondeterministic: Two runs without faults differ: the runs part at step 3 of job-1, delivery 1, branch 0.1: the first run reached ‹await w.io('end')› (line in counting), the second ‹if (calls % 2 === 0) w.effect('even')› (line in counting). | hint: What the first run leaves behind (module variables, rows, files) must be reset in \`setup\`; time, randomness and UUIDs are the same in every run.",
      ]
    `)
    const reset = await simulate<World>(jobOf(code.counting).with(null), () => {}, {
      setup: () => {
        code.resetCalls()
        return setup()
      },
      faults: ['crash'],
    })
    expect(told(reset)).toEqual([])
  })

  test('randomness is no difference', async () => {
    const seen: string[] = []
    const options = { setup, teardown: (w: World) => void seen.push(w.of(1)), faults: ['crash' as const] }
    expect(told(await simulate<World>(jobOf(code.random).with(null), () => {}, options))).toEqual([])
    expect(seen[1]).toBe(seen[0])
    seen.length = 0
    await simulate<World>(jobOf(code.random).with(null), () => {}, { ...options, seed: 2 })
    expect(seen[1]).toBe(seen[0])
  })

  test('a final state that differs is told with the diff', async () => {
    let n = 0
    const report = await simulate<World>(jobOf(code.charge).with(null), {
      setup,
      snapshot: () => ({ n: ++n }),
    })
    expect(told(report)).toMatchInlineSnapshot(`
      [
        "baseline failed nondeterministic: Two runs without faults differ: the second run failed: The final state differs from the unfaulted one (- expected, + received): | { | -   n: 1, | +   n: 2, | }. | hint: What the first run leaves behind (module variables, rows, files) must be reset in \`setup\`; time, randomness and UUIDs are the same in every run.",
      ]
    `)
  })
})

describe('what judges', () => {
  test('an assertion may throw, reject, return false or resolve to it; either order of arguments', async () => {
    const judges: (() => unknown)[] = [
      () => {
        throw new Error('no')
      },
      () => Promise.reject(new Error('no')),
      () => Promise.reject('no'),
      () => false,
      async () => false,
    ]
    for (const judge of judges) {
      const [first, second] = [
        await simulate<World>(jobOf(code.charge).with(null), judge, { setup }),
        await simulate<World>(jobOf(code.charge).with(null), { setup }, judge),
      ]
      expect(told(first)).toEqual(told(second))
      expect(told(first)[0]).toMatch(/^baseline failed assertion: (no|The assertions returned false\.)$/)
    }
    for (const fine of [() => undefined, () => null, () => 0, () => '', async () => true]) {
      expect((await simulate<World>(jobOf(code.attempts).with(null), fine, { setup })).failures).toEqual([])
    }
  })

  test('a job that charges twice', async () => {
    const report = await simulate<World>(jobOf(code.charge).with(null), chargedOnce, { setup })
    expect(told(report)).toMatchInlineSnapshot(`
      [
        "error@‹await w.io('mark')› failed assertion: charged 2 times",
        "crash@‹await w.io('mark')› failed assertion: charged 2 times",
        "error@await:‹await w.io('mark')› failed assertion: charged 2 times",
        "crash@await:‹await w.io('mark')› failed assertion: charged 2 times",
        "error@settle failed assertion: charged 2 times",
        "crash@settle failed assertion: charged 2 times",
      ]
    `)
    expect(report.summary).toMatchObject({
      points: 4,
      scenarios: 8,
      survived: 2,
      failed: 6,
      resilience: 0.25,
      exhaustive: true,
    })
    expect(report.causes.length).toBe(1)
    await expect(
      runSimulation<World>(jobOf(code.charge).with(null), chargedOnce, { setup }),
    ).rejects.toBeInstanceOf(ResilienceError)
  })

  test('the snapshot alone', async () => {
    const snapshot = (w: World) => ({ log: w.log.map(({ what }) => what), at: w.log.length })
    const report = await simulate<World>(jobOf(code.charge).with(null), {
      setup,
      snapshot,
      faults: ['crash'],
      points: ({ kind }) => kind === 'settle',
    })
    expect(told(report)).toMatchInlineSnapshot(`
      [
        "crash@settle failed snapshot: The final state differs from the unfaulted one (- expected, + received): | { | -   at: 2, | +   at: 4, | log: [ | "charge", | "mark", | +     "charge", | +     "mark", | ], | }",
      ]
    `)
    const masked = await simulate<World>(jobOf(code.charge).with(null), {
      setup,
      snapshot,
      mask: ['at', /^log/g],
    })
    expect(told(masked)).toEqual([])
  })

  test('what looks generated is named as a mask', async () => {
    const stamp = defineJob<null>({
      name: 'job',
      perform: () => code.charge(world).then(() => void world.events.emit('at', new Date())),
    })
    const at = new Map<World, string>()
    const options = {
      setup: () => {
        const w = setup()
        w.events.on('at', (date: Date) => at.set(w, date.toISOString()))
        return w
      },
      snapshot: (w: World) => ({ rows: [{ paidAt: at.get(w) }] }),
      faults: ['crash' as const],
      now,
    }
    const [first] = told(await simulate<World>(stamp.with(null), options))
    expect(first).toMatchInlineSnapshot(
      `"crash@‹await w.io('charge')› failed snapshot: The final state differs from the unfaulted one (- expected, + received): | { | rows: [ | { | -       paidAt: "2026-01-01T00:00:00.000Z", | +       paidAt: "2026-01-01T00:00:30.000Z", | }, | ], | } | hint: Only values differ that look like times or generated ids. If they may differ: mask: ['rows[*].paidAt']"`,
    )
    expect(told(await simulate<World>(stamp.with(null), { ...options, mask: ['rows[*].paidAt'] }))).toEqual(
      [],
    )
  })

  test('a swallowed error is the judges’ affair', async () => {
    const fine = await simulate<World>(jobOf(code.swallowing).with(null), () => {}, {
      setup,
      faults: ['error'],
    })
    expect(told(fine)).toEqual([])
    const judged = await simulate<World>(
      jobOf(code.swallowing).with(null),
      (_, w) => !w.of(1).includes('ignored'),
      { setup, faults: ['error'] },
    )
    expect(judged.failures.length).toBeGreaterThan(0)
  })

  test('the assertions are told what happened', async () => {
    const seen: unknown[] = []
    await simulate<World>(
      jobOf(code.pure).with(null),
      ({ id, faults, performed, dead, now, result, queue }) => {
        seen.push([
          inSource(id),
          faults.map(({ fault, point }) => `${fault} ${inSource(point.key)}`),
          performed.map(({ attempt, outcome }) => `${attempt} ${outcome}`),
          dead.length,
          now.toISOString(),
          result,
          queue.kind,
        ])
      },
      { setup, now, faults: ['crash'], points: ({ kind }) => kind === 'return' },
    )
    expect(seen).toMatchInlineSnapshot(`
      [
        [
          "baseline",
          [],
          [
            "1 completed",
          ],
          0,
          "2026-01-01T00:00:00.000Z",
          2,
          "memory",
        ],
        [
          "baseline",
          [],
          [
            "1 completed",
          ],
          0,
          "2026-01-01T00:00:00.000Z",
          2,
          "memory",
        ],
        [
          "crash@return:‹return b›",
          [
            "crash pure",
          ],
          [
            "1 crashed",
            "1 completed",
          ],
          0,
          "2026-01-01T00:00:30.000Z",
          2,
          "memory",
        ],
      ]
    `)
  })
})

describe('an error', () => {
  test('strikes only where something can fail', async () => {
    const where = async (errors: 'where-possible' | 'everywhere') => {
      const report = await simulate<World>(jobOf(code.pure).with(null), () => {}, {
        setup,
        faults: ['error'],
        errors,
      })
      return [ids(report), report.summary.notApplicable, report.summary.exhaustive]
    }
    expect(await where('where-possible')).toMatchInlineSnapshot(`
      [
        [
          "error@‹w.effect(String(b))›",
          "error@settle",
        ],
        {
          "error": "nothing there can throw (4 of 6 points)",
        },
        true,
      ]
    `)
    expect(await where('everywhere')).toMatchInlineSnapshot(`
      [
        [
          "error@‹const a = 1›",
          "error@‹const b = a + 1›",
          "error@‹w.effect(String(b))›",
          "error@‹return b›",
          "error@return:‹return b›",
          "error@settle",
        ],
        {},
        true,
      ]
    `)
  })

  test('after the effect of a promise that is returned and not awaited', async () => {
    const effects: string[] = []
    const report = await simulate<World>(
      jobOf(code.notAwaited).with(null),
      ({ id }, w) => void effects.push(`${inSource(id)}: ${w.of(1)} | ${w.of(2)}`),
      { setup, faults: ['error'] },
    )
    expect(told(report)).toEqual([])
    expect(effects).toMatchInlineSnapshot(`
      [
        "baseline: api | ",
        "baseline: api | ",
        "error@‹return api(w)›:  | api",
        "error@call:‹(w: World) => w.io('api')›:  | api",
        "error@return:‹w.io('api')›: api | api",
        "error@return:‹return api(w)›: api | api",
        "error@settle: api | api",
      ]
    `)
  })

  test('is a GlitchError that looks like a reset connection', async () => {
    let caught: unknown
    await simulate<World>(
      jobOf((w) =>
        code.attempts(w, { attempt: 1 } as JobContext).catch((error) => {
          caught ??= error
          throw error
        }),
      ).with(null),
      () => {},
      { setup, faults: ['error'] },
    )
    expect(caught).toBeInstanceOf(GlitchError)
    expect(caught).toMatchObject({ name: 'GlitchError', code: 'ECONNRESET', retryable: true })
    expect(inSource((caught as Error).message)).toMatchInlineSnapshot(
      `"glitch at ‹w.effect(\`attempt \${context.attempt}\`)› (ECONNRESET)"`,
    )
    expect(Object.keys(caught as object)).toEqual(['code', 'retryable', 'name'])
  })

  test('can be any value, or what a function makes, also several in one run', async () => {
    const caught: unknown[] = []
    const perform = (w: World) =>
      code.attempts(w, { attempt: 1 } as JobContext).catch((error) => {
        caught.push(error)
        throw error
      })
    const made = new TypeError('fetch failed')
    const report = await simulate<World>(jobOf(perform).with(null), () => {}, {
      setup,
      faults: [error(() => made), error('text'), error(null), error(), 'crash'],
      points: ({ kind }) => kind === 'await',
    })
    expect(ids(report)).toMatchInlineSnapshot(`
      [
        "error@await:‹await w.io('io')›",
        "error~2@await:‹await w.io('io')›",
        "error~3@await:‹await w.io('io')›",
        "error~4@await:‹await w.io('io')›",
        "crash@await:‹await w.io('io')›",
      ]
    `)
    expect(caught.slice(0, 3)).toEqual([made, 'text', null])
  })
})

describe('forms of work', () => {
  const script = () => code.attempts(world, { attempt: 1 } as JobContext)

  test('a script is run until it ends', async () => {
    const runs: string[] = []
    const report = await simulate<World>(
      script,
      ({ performed }) => void runs.push(performed.map(({ outcome }) => outcome).join()),
      { setup, name: 'script', points: ({ kind }) => kind === 'await' },
    )
    expect([told(report), runs]).toEqual([
      [],
      ['completed', 'completed', 'failed,completed', 'crashed,completed'],
    ])
  })

  test('enqueuedBy: whatever is enqueued is the work, and gives no points itself', async () => {
    const queue = memoryQueue()
    const work = enqueuedBy<World>(async ({ queue: given, world }) => {
      expect([given === queue, world]).toEqual([true, expect.any(World)])
      await given.enqueue(jobOf(code.charge), null)
      await queue.enqueue(jobOf(code.charge), null, { delay: '1h' })
    })
    const report = await simulate<World>(work, () => {}, {
      setup,
      queue,
      faults: ['crash'],
      points: ({ kind }) => kind === 'settle',
    })
    expect([told(report), ids(report)]).toEqual([[], ['crash@settle', 'crash@settle[job-2]']])
  })

  test('enqueuedBy that enqueues nothing is an error', async () => {
    const nothing = await simulate(
      enqueuedBy(() => {}),
      () => {},
    ).catch((error) => error)
    expect([nothing.code, nothing.message]).toMatchInlineSnapshot(`
      [
        "FAULTLINE_NOTHING_ENQUEUED",
        "Nothing was enqueued: there is no work to simulate.
        hint: enqueuedBy(fn) gets { queue, world }: fn must enqueue through that queue, or through the one given as the option \`queue\`.
      A schedule (boss.schedule, a crontab) enqueues nothing by itself: make it in \`setup\`, give a cutoff (\`within\`) up to which it fires, and let fn enqueue some job.",
      ]
    `)
  })

  test('once: nothing redelivers it, it may fail, and what it enqueued is performed and judged', async () => {
    const child = defineJob<null>({ name: 'child', perform: () => code.charge(world) })
    const handler = once(async ({ enqueue, attempt, maxAttempts }) => {
      await code.pure(world)
      await enqueue(child, null)
      return `${attempt} of ${maxAttempts}`
    })
    const seen: unknown[] = []
    const report = await simulate<World>(
      handler,
      ({ id, performed, result }, w) => {
        seen.push([
          inSource(id),
          performed.map((record) => `${record.id} ${record.outcome}`).join(),
          result,
          w.of(1),
        ])
      },
      {
        setup,
        name: 'request',
        faults: ['error'],
        points: ({ kind, job }) => kind !== 'line' && job === 'request',
      },
    )
    expect(told(report)).toEqual([])
    expect(seen).toMatchInlineSnapshot(`
      [
        [
          "baseline",
          "child-1 completed",
          "1 of 1",
          "2 charge mark",
        ],
        [
          "baseline",
          "child-1 completed",
          "1 of 1",
          "2 charge mark",
        ],
        [
          "error@before-enqueue:child",
          "",
          undefined,
          "2",
        ],
        [
          "error@after-enqueue:child",
          "child-1 completed",
          undefined,
          "2 charge mark",
        ],
        [
          "error@settle",
          "child-1 completed",
          "1 of 1",
          "2 charge mark",
        ],
      ]
    `)
  })
})

describe('bounds', () => {
  const many = jobOf(code.items)

  test('maxScenarios samples, with the seed', async () => {
    const run = (seed: number) => simulate<World>(many.with(null), () => {}, { setup, maxScenarios: 5, seed })
    const [one, again, other] = [await run(1), await run(1), await run(2)]
    expect(ids(again)).toEqual(ids(one))
    expect(ids(other)).not.toEqual(ids(one))
    const all = await simulate<World>(many.with(null), () => {}, { setup })
    const total = all.summary.scenarios
    expect(ids(all).filter((id) => ids(one).includes(id))).toEqual(ids(one))
    expect(one.summary).toMatchObject({
      scenarios: 5,
      skipped: total - 5,
      exhaustive: false,
      notCovered: { sampled: `sampled 5 of ${total} scenarios` },
    })
    expect(String(one)).toContain(`sampled 5 of ${total} scenarios`)
  })

  test('budgetMs ends it between two scenarios, and says so', async () => {
    const slow = jobOf((w) => w.slow('slow', 10).then(() => code.items(w)))
    const report = await simulate<World>(slow.with(null), () => {}, { setup, budgetMs: 60 })
    const { scenarios, skipped, notCovered, exhaustive } = report.summary
    expect([scenarios > 0, skipped > 0, exhaustive]).toEqual([true, true, false])
    expect(notCovered.budget).toBe(
      `${skipped} of ${scenarios + skipped} scenarios, for which budgetMs left no time`,
    )
  })

  test('onProgress counts every scenario', async () => {
    const seen: string[] = []
    const report = await simulate<World>(many.with(null), () => {}, {
      setup,
      maxScenarios: 3,
      onProgress: (done, total) => void seen.push(`${done}/${total}`),
    })
    expect(seen).toEqual(['1/3', '2/3', '3/3'])
    expect(report.summary.scenarios).toBe(3)
  })

  test('signal cancels in the middle of a scenario', async () => {
    const controller = new AbortController()
    let runs = 0
    const stuck = jobOf(async (w) => {
      if (++runs === 4) {
        setTimeout(() => controller.abort(new Error('enough')), 10)
        await new Promise(() => {})
      }
      await code.charge(w)
    })
    const startedMs = performance.now()
    const error = await simulate<World>(stuck.with(null), () => {}, {
      setup,
      signal: controller.signal,
    }).catch((error) => error)
    expect([error.code, error.message, error.cause.message]).toMatchInlineSnapshot(`
      [
        "FAULTLINE_ABORTED",
        "The simulation was cancelled after 0 of 8 scenarios.",
        "enough",
      ]
    `)
    expect(performance.now() - startedMs).toBeLessThan(1_000)
  })

  test('signal that is aborted before', async () => {
    const error = await simulate<World>(jobOf(code.charge).with(null), () => {}, {
      setup,
      signal: AbortSignal.abort('no'),
    }).catch((error) => error)
    expect([error.code, error.message]).toMatchInlineSnapshot(`
      [
        "FAULTLINE_ABORTED",
        "simulate() was cancelled before it began.",
      ]
    `)
  })

  test('within: only what is due by then, and the time that faults cost on top', async () => {
    const daily: JobDefinition<null> = defineJob<null>({
      name: 'daily',
      async perform(_, context) {
        await code.pure(world)
        await context.enqueue(daily, null, { delay: '1d' })
      },
    })
    const counts: number[] = []
    const report = await simulate<World>(
      daily.with(null),
      ({ performed }) => void counts.push(performed.filter(({ outcome }) => outcome === 'completed').length),
      { setup, within: '2d', hits: 1, points: ({ attempt, jobId }) => attempt === 1 && jobId === 'daily-3' },
    )
    expect(told(report)).toEqual([])
    expect(new Set(counts)).toEqual(new Set([3]))
  })

  test('maxDeliveries', async () => {
    const spin = defineJob<null>({
      name: 'spin',
      attempts: 50,
      backoff: 0,
      async perform() {
        await code.pure(world)
        throw new Error('always')
      },
    })
    expect(
      told(await simulate<World>(spin.with(null), () => {}, { setup, maxDeliveries: 7 })),
    ).toMatchInlineSnapshot(`
      [
        "baseline failed runaway: The queue never drains: more than 7 deliveries of spin-1; performed were spin. | hint: Each of its deliveries fails, or dies, and the next one finds the same. Where so many are meant, \`maxDeliveries\` raises the bound.",
      ]
    `)
  })
})

describe('flaky', () => {
  test('what fails once and passes then has both timelines', async () => {
    let fails = 1
    const report = await simulate<World>(
      jobOf(code.charge).with(null),
      ({ faults }) => !(faults.length > 0 && fails-- > 0),
      { setup, faults: ['crash'] },
    )
    expect(
      report.failures.map(({ outcome, reason, timeline, otherTimeline }) => [
        outcome,
        reason,
        timeline.length,
        otherTimeline?.length,
      ]),
    ).toEqual([['flaky', 'assertion', 6, 6]])
    expect(report.summary).toMatchObject({ flaky: 1, failed: 0, survived: 3 })
    await expect(
      runSimulation<World>(
        jobOf(code.charge).with(null),
        ({ faults }) => !(faults.length > 0 && fails++ === 0),
        { setup },
      ),
    ).rejects.toThrow()
  })
})

describe('replay', () => {
  afterEach(() => {
    delete process.env.FAULTLINE_REPLAY
  })

  const run = (name: string, options: SimulationOptions<World> = {}) =>
    simulate<World>(jobOf(code.charge).with(null), chargedOnce, { setup, name, ...options })
  const names = [
    'plain',
    'with: colon',
    "it's 'quoted' and \"quoted\"",
    'two\nlines',
    '100% (sure) [x] #2/3',
    'a: crash@x.ts:1 (seed 1)',
    ' spaces ',
    'ünïcödé 🎉',
    'back\\slash $HOME `x`',
  ]

  test.for(names)('a printed token runs exactly that scenario: %j', async (name) => {
    const all = await run(name, { now, seed: 7 })
    expect(all.failures.length).toBe(6)
    for (const failure of all.failures.slice(0, 2)) {
      expect(failure.replay).not.toMatch(/[\n\r]/)
      process.env.FAULTLINE_REPLAY = failure.replay
      const replayed = await run(name)
      expect(told(replayed)).toEqual(told(all).filter((_, index) => all.failures[index] === failure))
      expect(replayed.scenarios[0]!.timeline).toEqual(failure.timeline)
      expect(replayed.summary).toMatchObject({
        scenarios: 1,
        skipped: 7,
        exhaustive: false,
        seed: 7,
        now: now.toISOString(),
      })
      const other = await run(`${name} other`)
      expect(other.summary).toMatchObject({
        scenarios: 0,
        notCovered: { replay: `skipped: FAULTLINE_REPLAY replays '${name}'` },
      })
      await expect(
        runSimulation<World>(jobOf(code.charge).with(null), () => {}, { setup, name: 'third' }),
      ).resolves.toMatchObject({ failures: [] })
    }
  })

  test('a job whose name looks like the end of a name', async () => {
    const child = defineJob<null>({ name: 'mail: send', perform: () => code.charge(world) })
    const work = jobOf(async (_w, { enqueue }) => void (await enqueue(child, null)))
    const simulateIt = () => simulate<World>(work.with(null), chargedOnce, { setup, name: 'a: b' })
    const all = await simulateIt()
    for (const failure of all.failures) {
      process.env.FAULTLINE_REPLAY = failure.replay
      expect((await simulateIt()).scenarios.map(({ id }) => id)).toEqual([failure.id])
      delete process.env.FAULTLINE_REPLAY
    }
    expect(all.failures.length).toBeGreaterThan(4)
  })

  test.for([
    '',
    'nonsense',
    'a: b',
    'a: crash@x (seed x, 2026, ff)',
    'a: crash@x.ts:1 (seed 1, yesterday, ff)',
  ])('%j is no token', async (token) => {
    process.env.FAULTLINE_REPLAY = token
    const result = await run('a').catch((error) => error)
    if (token === '') expect(result.summary.scenarios).toBe(8)
    else
      expect([result.code, result.message]).toEqual([
        'FAULTLINE_REPLAY',
        `FAULTLINE_REPLAY is no replay token: received '${token}'.\n  hint: Paste the whole line of the report; a token reads like 'charge: crash@src/jobs/charge.ts:14 (seed 1, 2026-11-21T09:00:00.000Z, 3f9a1c)'.`,
      ])
  })

  test('another source, and a scenario that is not there', async () => {
    const [failure] = (await run('a', { now })).failures
    process.env.FAULTLINE_REPLAY = failure!.replay.replace(/[\da-f]+\)$/, '00000000)')
    const changed = await run('a').catch((error) => error)
    expect(inSource(changed.message).replace(/now it is [\da-f]{8}/, 'now it is …')).toMatchInlineSnapshot(`
      "The source changed since this token was printed (its hash was 00000000, now it is …): 'error@‹await w.io('mark')›' may be another place by now, and was not run.
        hint: Run the whole simulation again and take the token from its report."
    `)
    process.env.FAULTLINE_REPLAY = failure!.replay.replace(/: \w+@/, ': rival@')
    const unknown = await run('a').catch((error) => error)
    expect(inSource(unknown.message)).toMatchInlineSnapshot(`
      "'a' has no scenario 'rival@‹await w.io('mark')›': received one of 8 others.
        hint: The nearest is 'error@‹await w.io('mark')›'. Were the options (faults, hits, points) the same?"
    `)
  })
})
