import { defineJob, simulate } from 'faultline'
import { beforeEach, describe, expect, test } from 'vitest'
import { never, unlock } from '../../../fixtures/engine/endless.ts'
import { World } from '../../helpers/engine-world.ts'
import { inSource } from '../../helpers/source-lines.ts'

/** What the simulation of a job that never ends says, without the hint. */
async function verdict(name: keyof typeof never, hangAfterMs = 60) {
  const job = defineJob({ name, perform: () => never[name](new World()) })
  const startedMs = performance.now()
  const report = await simulate(job.with(null), () => {}, { hangAfterMs })
  expect(performance.now() - startedMs).toBeLessThan(20_000)
  return report.failures.map(({ id, reason, error }) =>
    inSource(`${id} ${reason}: ${error?.message.split('\n')[0]}`),
  )
}

const hung: [keyof typeof never, string][] = [
  [
    'promise',
    'promise-1 hangs on delivery 1: no progress at the await of ‹await new Promise(() => {})› in never.promise.',
  ],
  [
    'nested',
    'nested-1 hangs on delivery 1: no progress at the await of ‹await new Promise<void>(() => {})› in lock.',
  ],
  [
    'two',
    'two-1 hangs on delivery 1: no progress at the await of ‹await new Promise(() => {})› in never.two.<anonymous>, and of ‹await new Promise(() => {})› in never.two.<anonymous>.',
  ],
  ['outside', 'outside-1 hangs on delivery 1: no progress outside of instrumented code.'],
]

test.for(hung)('what never resolves is hung: %s', async ([name, message]) => {
  expect(await verdict(name)).toEqual([`baseline hung: ${message}`])
})

const runaway: [keyof typeof never, string][] = [
  ['microtasks', 'while (true) await null'],
  ['swallowing', '} catch {}'],
  ['swallowingInLibrary', 'while (true) await w.swallow(async () => await null)'],
  ['polling', 'await null'],
]

test.for(runaway)('a loop of microtasks ends as a runaway: %s', async ([name, line]) => {
  expect(await verdict(name)).toEqual([
    `baseline runaway: A run without faults reached more than 2000000 points, the last at ‹${line}›.`,
  ])
})

test('a loop of microtasks after a fault ends as a runaway, whatever it swallows', async () => {
  const job = defineJob({ name: 'poll', perform: () => never.afterError(new World()) })
  const report = await simulate(job.with(null), () => {}, { faults: ['error'] })
  expect(
    report.failures.map(({ id, reason, error }) =>
      inSource(`${id} ${reason}: ${error?.message.split('\n')[0]}`),
    ),
  ).toMatchInlineSnapshot(`
    [
      "error@‹await w.io('work')› runaway: poll-1 never ends: more than 1000000 awaits in one delivery, the last at ‹await null›.",
      "error@‹done = true› runaway: poll-1 never ends: more than 1000000 awaits in one delivery, the last at ‹await null›.",
    ]
  `)
})

describe('a poll that sleeps for ever ends as a runaway', () => {
  beforeEach(unlock)

  test('on a flag that a dead worker left set', { retry: 3 }, async () => {
    const job = defineJob({ name: 'flag', perform: () => never.flag(new World()) })
    const startedMs = performance.now()
    const report = await simulate(job.with(null), () => {}, {
      setup: unlock,
      faults: ['crash'],
    })
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    expect(
      report.failures.map(({ id, reason, error }) => inSource(`${id} ${reason}: ${error?.message}`)),
    ).toMatchInlineSnapshot(`
      [
        "crash@‹await w.io('critical')› runaway: flag-1 never ends: 10000 virtual timers fired in one delivery, 2 h 46 m of virtual time; the last await was at ‹while (flagged) await new Promise((resolve) => setTimeout(resolve, 1000))›.
        hint: If it polls for a lock or a flag that a dead worker left behind: give the lock an expiry, or let \`onCrash\` release what dies with a worker.",
        "crash@‹flagged = false› runaway: flag-1 never ends: 10000 virtual timers fired in one delivery, 2 h 46 m of virtual time; the last await was at ‹while (flagged) await new Promise((resolve) => setTimeout(resolve, 1000))›.
        hint: If it polls for a lock or a flag that a dead worker left behind: give the lock an expiry, or let \`onCrash\` release what dies with a worker.",
      ]
    `)
  })

  test('without any fault, and whatever it catches', async () => {
    expect(await verdict('sleeping')).toMatchInlineSnapshot(`
      [
        "baseline runaway: sleeping-1 never ends: 10000 virtual timers fired in one delivery, 2 h 46 m of virtual time; the last await was at ‹await setTimeoutPromise(1000)›.",
      ]
    `)
  })
})

describe('a lock that a dead worker held', () => {
  beforeEach(unlock)

  const job = defineJob({ name: 'mutex', perform: () => never.mutex(new World()) })

  test('hangs the redelivery, which is told with the await', async () => {
    const report = await simulate(job.with(null), () => {}, {
      setup: unlock,
      faults: ['crash'],
      hangAfterMs: 50,
    })
    expect(
      report.failures.map(({ id, reason, error }) => inSource(`${id} ${reason}: ${error?.message}`)),
    ).toMatchInlineSnapshot(`
      [
        "crash@‹try {› hung: mutex-1 hangs on delivery 2: no progress at the await of ‹while (held !== undefined) await held› in never.mutex.
        hint: If it waits for a lock that a crashed worker held, let \`onCrash\` (or cutOnCrash(pool)) cut that worker’s connections. If it is just slow, raise \`hangAfterMs\`.",
        "crash@‹await w.io('critical')› hung: mutex-1 hangs on delivery 2: no progress at the await of ‹while (held !== undefined) await held› in never.mutex.
        hint: If it waits for a lock that a crashed worker held, let \`onCrash\` (or cutOnCrash(pool)) cut that worker’s connections. If it is just slow, raise \`hangAfterMs\`.",
        "crash@await:‹await w.io('critical')› hung: mutex-1 hangs on delivery 2: no progress at the await of ‹while (held !== undefined) await held› in never.mutex.
        hint: If it waits for a lock that a crashed worker held, let \`onCrash\` (or cutOnCrash(pool)) cut that worker’s connections. If it is just slow, raise \`hangAfterMs\`.",
        "crash@‹held = undefined› hung: mutex-1 hangs on delivery 2: no progress at the await of ‹while (held !== undefined) await held› in never.mutex.
        hint: If it waits for a lock that a crashed worker held, let \`onCrash\` (or cutOnCrash(pool)) cut that worker’s connections. If it is just slow, raise \`hangAfterMs\`.",
      ]
    `)
  })

  test('and not when onCrash cuts it', async () => {
    const report = await simulate(job.with(null), () => {}, {
      setup: unlock,
      onCrash: unlock,
      faults: ['crash'],
    })
    expect(report.failures).toEqual([])
  })
})
