import { defineJob, type JobContext, type SimulationOptions, simulate } from 'faultline'
import { describe, expect, test } from 'vitest'
import { faulty } from '../../../fixtures/engine/faulty.ts'
import { World } from '../../helpers/engine-world.ts'
import { inSource } from '../../helpers/source-lines.ts'

type Name = keyof typeof faulty
type Perform = (w: World, context: JobContext) => unknown

const performs: Record<Name, Perform> = faulty

/** What the simulation of a faulty job finds: `id reason: message`. */
async function found(name: Name, options: SimulationOptions<World> = {}, attempts = 5) {
  let world = new World()
  const setup = () => (world = new World())
  const job = defineJob<null>({
    name: 'job',
    attempts,
    perform: (_, context) => performs[name](world, context),
  })
  const report = await simulate(job.with(null), () => {}, { setup, ...options })
  const findings = report.failures.map(({ id, reason, error }) =>
    inSource(`${id} ${reason}: ${error?.message}`),
  )
  return { findings, report }
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: lines of a source
const unsettled: [Name, late: string, started: string][] = [
  ['a missing await', '‹w.effect(`${name} saved`)› in save', "‹save(w, 'b')›"],
  ['forEach(async …)', '‹w.effect(`${name} saved`)› in save', "‹;['a', 'b'].forEach(async (name) => {›"],
  [
    'a missing await of slow I/O',
    "‹w.effect('late')› in faulty.a missing await of slow I/O.<anonymous>",
    "‹w.slow('slow', 4).then(() => {›",
  ],
  [
    'setImmediate that is not awaited',
    "‹w.effect('late')› in faulty.setImmediate that is not awaited.<anonymous>",
    '‹setImmediate(() => {›',
  ],
  [
    'a timer that is not awaited',
    "‹w.effect('an hour later')› in faulty.a timer that is not awaited.<anonymous>",
    '‹setTimeout(() => {›',
  ],
]
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: lines of a source

describe('what is not awaited is found without any fault', () => {
  test.for(unsettled)('%s', async ([name, where, started]) => {
    for (let run = 0; run < 5; run++) {
      expect((await found(name)).findings).toEqual([
        `baseline unsettled: Code of job-1 still ran after delivery 1 had settled: ${where}. It was started at ${started}, where nothing awaits it.\n  hint: Something is not awaited: a missing \`await\`, \`forEach(async …)\`, a promise that is not returned. What it does after the settle is lost when the worker stops.`,
      ])
    }
  })

  test.for(unsettled)('and not when the check is off: %s', async ([name]) => {
    const { findings } = await found(name, { checks: { settled: false }, faults: ['crash'] })
    expect(findings.filter((line) => line.startsWith('baseline'))).toEqual([])
  })
})

test('a timer that would not keep a process alive is nobody’s', { retry: 3 }, async () => {
  const startedMs = performance.now()
  for (let run = 0; run < 5; run++)
    expect((await found('a timer that nobody waits for')).findings).toEqual([])
  expect(performance.now() - startedMs).toBeLessThan(500)
})

test('what is not awaited after a fault only', async () => {
  const { findings } = await found('an await that is missing after a swallowed error')
  expect(findings.map((line) => line.split('\n')[0])).toMatchInlineSnapshot(`
    [
      "error@‹await w.io('a')› unsettled: Code of job-1 still ran after delivery 1 had settled: ‹w.effect(\`\${name} saved\`)› in save. It was started at ‹save(w, 'report')›, where nothing awaits it.",
      "error@await:‹await w.io('a')› unsettled: Code of job-1 still ran after delivery 1 had settled: ‹w.effect(\`\${name} saved\`)› in save. It was started at ‹save(w, 'report')›, where nothing awaits it.",
    ]
  `)
})

test('what runs on after a failed attempt is no finding unless it does harm', async () => {
  expect((await found('an await that is missing in a catch only')).findings).toEqual([])
})

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: lines of a source
const overlapping: [Name, where: string, started: string, struck: string[]][] = [
  [
    'an interval that only success clears',
    '‹await w.io(name)› in faulty.an interval that only success clears.<anonymous>',
    '‹const beat = setInterval(async () => {›',
    ["‹await w.io('a')›", "‹await w.io('b')›", '‹clearInterval(beat)›'],
  ],
  [
    'a sibling that outlasts the retry',
    "‹w.effect('later')› in later",
    "‹await Promise.all([later(w), save(w, 'a')])›",
    ['‹await w.io(name)›', '‹w.effect(`${name} saved`)›'],
  ],
]
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: lines of a source

describe('what a failed attempt leaves running', () => {
  test.for(overlapping)('%s', async ([name, where, started, struck]) => {
    const { findings, report } = await found(name, { faults: ['error'] })
    expect(findings.map((line) => line.split('\n')[0])).toEqual(
      struck.map(
        (place) =>
          `error@${place} unsettled: Code of job-1 still ran after delivery 1 had failed and the job had gone on without it: ${where}. It was started at ${started}, where nothing stops it.`,
      ),
    )
    expect(report.failures.map(({ outcome }) => outcome)).toEqual(struck.map(() => 'failed'))
  })

  test.for(overlapping)('and not when the check is off: %s', async ([name]) => {
    expect((await found(name, { checks: { settled: false } })).findings).toEqual([])
  })
})

const rejection = (text: string) =>
  `baseline rejection: A promise of job-1 (delivery 1) was rejected and nobody handled it: ${text}\n  hint: In production Node ends the process for this. Await the promise, or handle its rejection.`
const exception = (text: string) =>
  `baseline rejection: job-1 (delivery 1) threw where nothing can catch it, in a timer or a handler of an event: ${text}\n  hint: In production Node ends the process for this, and with it every job that runs there. Catch it in the callback.`

const unhandled: [Name, string][] = [
  ['a rejection that nobody handles', rejection('Error: lost')],
  ['a rejection of a promise that is awaited too late', rejection('Error: early')],
  ['an exception in a timer', exception('TypeError: in a timer')],
  ['an exception in a handler', exception('Error: no handler')],
]

describe('rejections and exceptions that nobody handles', () => {
  test.for(unhandled)('%s', async ([name, message]) => {
    const { findings, report } = await found(name)
    expect(findings).toEqual([message])
    expect(report.summary.scenarios).toBe(1)
  })

  test.for(unhandled)('and not when the check is off: %s', async ([name]) => {
    const { report } = await found(name, { checks: { rejections: false } })
    expect(report.failures).toEqual([])
    expect(report.summary.survived).toBeGreaterThan(4)
  })
})

test('a job that is enqueued after the end is work that is left, or code that runs on', async () => {
  const { findings } = await found('a job that is enqueued too late')
  expect(findings.map((line) => line.split('\n')[0])).toMatchInlineSnapshot(`
    [
      "baseline unsettled: Code of job-1 still ran after delivery 1 had settled: ‹w.io('a').then(() => context.enqueue(child, null))› in faulty.a job that is enqueued too late.<anonymous>. It was started at ‹w.io('a').then(() => context.enqueue(child, null))›, where nothing awaits it.",
    ]
  `)
})

test('work that is left is found where code may run on', async () => {
  const left = await found('a job that is enqueued too late', {
    checks: { settled: false },
    now: new Date(0),
  })
  expect(left.findings).toMatchInlineSnapshot(`
    [
      "baseline undrained: Work was left in the queue: child-1 (due 1970-01-01T00:00:00.000Z). It was enqueued at ‹w.io('a').then(() => context.enqueue(child, null))›, after delivery 1 of job-1 had settled.
      hint: The enqueue is not awaited: when it came, its job had ended already. Await it, or return its promise.",
    ]
  `)
  const off = await found('a job that is enqueued too late', {
    checks: { settled: false, drained: false },
    faults: ['crash'],
  })
  expect(off.findings).toEqual([])
})

describe('a job that may not be tried again', () => {
  test('is one cause, however many places can fail', async () => {
    const { report, findings } = await found('a death', {}, 1)
    expect(findings.every((line) => line.includes(' dead: job-1 died on attempt 1'))).toBe(true)
    expect(findings.length).toBeGreaterThan(2)
    expect(
      report.causes.map(({ reason, message, scenarios }) => [reason, inSource(message), scenarios.length]),
    ).toEqual([
      [
        'dead',
        expect.stringMatching(
          /^job-1 died on attempt 1: GlitchError: glitch at ‹await w\.io\('a'\)› \(ECONNRESET\)$/,
        ),
        findings.length,
      ],
    ])
    expect(report.summary.survived).toBe(report.summary.scenarios - findings.length)
  })

  test('and none when the check is off', async () => {
    expect((await found('a death', { checks: { completes: false } }, 1)).findings).toEqual([])
  })

  test('a crash alone uses up no attempt', async () => {
    expect((await found('a death', { faults: ['crash'] }, 1)).findings).toEqual([])
  })
})
