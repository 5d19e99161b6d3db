import { readFileSync } from 'node:fs'
import {
  crash,
  defineJob,
  error,
  type Fault,
  type Glitch,
  glitchAfterAwait,
  glitchAfterLine,
  glitchAt,
  glitchBeforeCall,
  glitchBeforeLine,
  glitchBeforeReturn,
  type JobContext,
  rival,
  runScenario,
  type ScenarioOptions,
} from 'faultline'
import { describe, expect, test } from 'vitest'
import * as code from '../../../fixtures/engine/charge.ts'
import { World } from '../../helpers/engine-world.ts'
import { inSource } from '../../helpers/source-lines.ts'

const file = 'fixtures/engine/charge.ts'
const source = readFileSync(file, 'utf8').split('\n')
/** `file:line` of the one line that holds the text. */
const lineOf = (text: string) => {
  const found = source.flatMap((line, index) => (line.includes(text) ? [index + 1] : []))
  if (found.length !== 1) throw new Error(`${found.length} lines hold ${text}`)
  return `${file}:${found[0]}`
}

let world = new World()
const setup = () => (world = new World())
const jobOf = (perform: (w: World, context: JobContext) => unknown) =>
  defineJob<null>({ name: 'job', perform: (_, context) => perform(world, context) })

/** What a glitch did: where it struck, and what each delivery did. */
async function struck(
  perform: (w: World, context: JobContext) => unknown,
  glitch: Glitch | Glitch[],
  options: Partial<ScenarioOptions<World>> = {},
) {
  const result = await runScenario<World>(jobOf(perform).with(null), { glitch, setup, ...options }, () => {})
  const deliveries = [1, 2, 3].map((delivery) => world.of(delivery)).filter((log) => log !== '')
  return `${inSource(result.id)}: ${deliveries.join(' | ')}`
}
const failure = (
  glitch: Glitch | Glitch[],
  perform: (w: World, context: JobContext) => unknown = code.items,
) => struck(perform, glitch).catch((error) => `${error.code}: ${inSource(error.message)}`)

const whole = 'item 1 item 2 paid 2 item 3 paid 3 sync 1'

describe('where', () => {
  const cases: [string, () => Glitch, string][] = [
    [
      'before a line',
      () => glitchBeforeLine(lineOf('if (paid) w.effect')),
      `error@‹if (paid) w.effect(\`paid \${id}\`)›: item 1 | ${whole}`,
    ],
    [
      'before its second hit',
      () => glitchBeforeLine(lineOf('if (paid) w.effect'), error(), { hit: 2 }),
      `error@‹if (paid) w.effect(\`paid \${id}\`)›#2: item 1 item 2 | ${whole}`,
    ],
    [
      'after a line',
      () => glitchAfterLine(lineOf('const { paid } ='), error()),
      `error@await:‹const { paid } = await item(w, id)›: item 1 | ${whole}`,
    ],
    [
      'after the last line, at the return',
      () => glitchAfterLine(lineOf(';[1].map')),
      `error@return:‹}›: ${whole} | ${whole}`,
    ],
    [
      'after an await',
      () => glitchAfterAwait(lineOf('const { paid } ='), crash(), { hit: 3 }),
      `crash@await:‹const { paid } = await item(w, id)›#3: item 1 item 2 paid 2 item 3 | ${whole}`,
    ],
    ['before a call', () => glitchBeforeCall('item'), `error@‹await w.io(\`\${name} \${id}\`)›: ${whole}`],
    [
      'before a call with arguments',
      () => glitchBeforeCall('item', error(), { args: [] }),
      `error@‹await w.io(\`\${name} \${id}\`)›: ${whole}`,
    ],
    [
      'before a call that a predicate likes',
      () =>
        glitchBeforeCall('item', error(), {
          args: (_w: World, id: number, name: string) => id === 2 && name === 'item',
        }),
      `error@‹await w.io(\`\${name} \${id}\`)›: item 1 | ${whole}`,
    ],
    [
      'before a call in a file',
      () => glitchBeforeCall('charge.ts#item', crash(), { hit: 2 }),
      `crash@‹await w.io(\`\${name} \${id}\`)›#2: item 1 | ${whole}`,
    ],
    [
      'before a return',
      () => glitchBeforeReturn('item', crash()),
      `crash@return:‹return { id, paid: id > 1 }›: item 1 | ${whole}`,
    ],
    [
      'before a return of a value',
      () => glitchBeforeReturn('item', error(), { returns: { id: 3, paid: true } }),
      `error@return:‹return { id, paid: id > 1 }›: item 1 item 2 paid 2 item 3 | ${whole}`,
    ],
    [
      'before a return that a predicate likes',
      () => glitchBeforeReturn('item', error(), { returns: ({ paid }: { paid: boolean }) => paid }),
      `error@return:‹return { id, paid: id > 1 }›: item 1 item 2 | ${whole}`,
    ],
    [
      'at a text',
      () => glitchAt(file, 'if (paid) w.effect'),
      `error@‹if (paid) w.effect(\`paid \${id}\`)›: item 1 | ${whole}`,
    ],
    [
      'at a pattern',
      () => glitchAt(file, /^ {2};\[1\]\.map/g, crash()),
      `crash@‹;[1].map((id) => w.effect(\`sync \${id}\`))›: item 1 item 2 paid 2 item 3 paid 3 | ${whole}`,
    ],
    [
      'in a file that is named by its end',
      () => glitchBeforeLine(lineOf('if (paid) w.effect').replace('fixtures/', '')),
      `error@‹if (paid) w.effect(\`paid \${id}\`)›: item 1 | ${whole}`,
    ],
  ]
  test.for(cases)('%s', async ([, glitch, expected]) => {
    expect(await struck(code.items, glitch())).toBe(expected)
  })

  test('on one attempt only', async () => {
    const failing = async (w: World, context: JobContext) => {
      await code.attempts(w, context)
      if (context.attempt === 1) throw new Error('first')
    }
    const at = lineOf("await w.io('io')")
    expect(await struck(failing, glitchBeforeLine(at, error(), { attempt: 2 }))).toBe(
      "error@‹await w.io('io')›/2: attempt 1 io | attempt 2 | attempt 3 io",
    )
    expect(await struck(failing, [glitchBeforeLine(at), glitchBeforeLine(at, crash(), { attempt: 2 })])).toBe(
      "error@‹await w.io('io')›+crash@‹await w.io('io')›/2: attempt 1 | attempt 2 | attempt 2 io",
    )
  })
})

describe('what', () => {
  test('crash without unwinding: library code does not run on either', async () => {
    const transaction = (w: World) => w.transaction(() => code.charge(w))
    const at = lineOf("await w.io('mark')")
    expect([await struck(transaction, glitchBeforeLine(at, crash())), world.library]).toEqual([
      `crash@‹await w.io('mark')›: charge | charge mark commit`,
      ['rollback'],
    ])
    expect([
      await struck(transaction, glitchBeforeLine(at, crash({ unwind: false }))),
      world.library,
    ]).toEqual([`crash@‹await w.io('mark')›: charge | charge mark commit`, []])
  })

  test('crash without unwinding in a callback that is not async', async () => {
    expect(await struck(code.items, glitchBeforeCall('items.<anonymous>', crash({ unwind: false })))).toBe(
      `crash@call:‹(id) => w.effect(\`sync \${id}\`))›: item 1 item 2 paid 2 item 3 paid 3 | ${whole}`,
    )
  })

  const rivals: [string, (fault: Fault) => Glitch, string][] = [
    ['a line', (fault) => glitchBeforeLine(lineOf("await w.io('mark')"), fault), 'charge rival mark'],
    ['an await', (fault) => glitchAfterAwait(lineOf("await w.io('mark')"), fault), 'charge mark rival'],
    ['a call', (fault) => glitchBeforeCall('charge', fault), 'rival charge mark'],
  ]
  for (const [kind, rivalOf] of [
    ['sync', () => rival(() => world.effect('rival'))],
    ['async', () => rival(() => world.io('rival', 3))],
  ] as const) {
    test.for(rivals)(
      `a rival that is ${kind} is done before the code goes on, at %s`,
      async ([, glitch, order]) => {
        const result = await runScenario<World>(
          jobOf(code.charge).with(null),
          { glitch: glitch(rivalOf()), setup },
          () => {},
        )
        expect(world.log.map(({ what }) => what).join(' ')).toBe(order)
        expect(world.of(0)).toBe('rival')
        expect(result.outcome).toBe('survived')
      },
    )
  }

  test('a rival that takes its time where the code cannot wait is an error', async () => {
    expect(
      await failure(
        glitchBeforeCall(
          'items.<anonymous>',
          rival(() => world.io('rival')),
        ),
      ),
    ).toMatchInlineSnapshot(`
      "FAULTLINE_BAD_OPTION: rival(fn) returned a promise at items.<anonymous>, in a function that is not async and cannot wait for it.
        hint: Place it at a line or an await of an async function, or give a function that is done when it returns."
    `)
  })

  test('a rival that fails is the test’s failure', async () => {
    for (const fails of [
      () => {
        throw new Error('constraint')
      },
      () => Promise.reject(new Error('constraint')),
    ]) {
      expect(await failure(glitchBeforeLine(lineOf("await w.io('mark')"), rival(fails)), code.charge)).toBe(
        'FAULTLINE_BAD_OPTION: The function given to rival() failed: constraint',
      )
    }
  })
})

describe('runScenario', () => {
  test('performs the work exactly once', async () => {
    let runs = 0
    await runScenario<World>(
      jobOf(code.charge).with(null),
      {
        glitch: glitchBeforeCall('charge', crash()),
        setup: () => {
          runs++
          return setup()
        },
      },
      () => {},
    )
    expect(runs).toBe(1)
  })

  test('throws what simulate would report, with a token', async () => {
    const failed = await runScenario<World>(
      jobOf(code.charge).with(null),
      {
        glitch: glitchBeforeLine(lineOf("await w.io('mark')"), crash()),
        setup,
        now: new Date(0),
        name: 'twice',
      },
      (_, w) => w.log.length === 2,
    ).catch((error) => error)
    expect(failed.code).toBe('FAULTLINE_NOT_RESILIENT')
    const [result] = failed.report.failures
    expect([result.outcome, result.reason, result.error.message]).toEqual([
      'failed',
      'assertion',
      'The assertions returned false.',
    ])
    expect(inSource(result.replay).replace(/[\da-f]{8}\)/, '…)')).toBe(
      "twice: crash@‹await w.io('mark')› (seed 1, 1970-01-01T00:00:00.000Z, …)",
    )
  })

  test('says so where the run without faults, which a snapshot needs, is wrong already', async () => {
    const options = {
      setup,
      glitch: glitchAt(file, "await w.io('mark')"),
      snapshot: (w: World) => w.log.length,
    }
    await expect(runScenario(jobOf(code.charge).with(null), options, () => false)).rejects.toThrowError(
      'job is wrong without any fault: The assertions returned false.',
    )
  })

  test('judges a snapshot by the run without faults', async () => {
    const options = {
      glitch: glitchBeforeLine(lineOf("await w.io('mark')"), crash()),
      setup,
      snapshot: (w: World) => w.log.length,
    }
    await expect(runScenario<World>(jobOf(code.charge).with(null), options)).rejects.toMatchObject({
      code: 'FAULTLINE_NOT_RESILIENT',
    })
  })
})

describe('errors, whole', () => {
  const cases: [string, () => Glitch][] = [
    [
      'a line that is reached but not that often',
      () => glitchBeforeLine(lineOf('if (paid) w.effect'), error(), { hit: 4, attempt: 1 }),
    ],
    ['a line of a function that is not called', () => glitchBeforeLine(lineOf("w.effect('ignored')"))],
    ['a line with no statement', () => glitchBeforeLine(`${file}:1`)],
    ['a file that does not exist', () => glitchBeforeLine('fixtures/engine/chrage.ts:8')],
    ['a function that does not exist', () => glitchBeforeCall('itme')],
    ['arguments that never match', () => glitchBeforeCall('item', error(), { args: ['nobody'] })],
    ['a value that is never returned', () => glitchBeforeReturn('item', error(), { returns: 7 })],
    ['a text that is on no line', () => glitchAt(file, 'no such text')],
    ['a text that is on several lines', () => glitchAt(file, /^export /)],
    ['a file that cannot be read', () => glitchAt('nowhere.ts', 'x')],
    ['a key that is none', () => glitchBeforeLine('charge.ts')],
    ['a hit that is none', () => glitchBeforeCall('item', error(), { hit: 0 })],
    ['an option that is none', () => glitchBeforeCall('item', error(), { hits: 2 } as object)],
    ['a fault that is none', () => glitchBeforeCall('item', 'crash' as never)],
    ['a return has no arguments', () => glitchBeforeReturn('item', error(), { args: [] } as object)],
    ['options that are a number', () => glitchBeforeLine('charge.ts:8', error(), 2 as never)],
    ['options that are null', () => glitchBeforeReturn('item', error(), null as never)],
    ['arguments that are no list', () => glitchBeforeCall('item', error(), { args: 'a' as never })],
    ['no function', () => glitchBeforeCall(undefined as never)],
    ['a text that is none', () => glitchAt(file, undefined as never)],
    ['a text with a fault that is none', () => glitchAt(file, "await w.io('mark')", 'crash' as never)],
    [
      'a function of the arguments that throws',
      () =>
        glitchBeforeCall('item', error(), {
          args: (name) => name.first.length > 1,
        }),
    ],
    ['a rival that is no function', () => glitchBeforeCall('item', rival(7 as never))],
  ]
  test.for(cases)('%s', async ([, glitch], { expect }) => {
    const text = await (async () => failure(glitch()))().catch(
      (error) => `${error.code}: ${inSource(error.message)}`,
    )
    expect(text).toMatchSnapshot()
  })

  test('no glitch', async () => {
    const none = await runScenario(jobOf(code.items).with(null), {} as never).catch((error) => error)
    expect(none.message).toMatchInlineSnapshot(`
      "runScenario needs the option \`glitch\`: received none; allowed is what a glitch… maker makes, or a list of them.
        hint: glitch: glitchBeforeLine('src/jobs/charge.ts:14')"
    `)
  })
})

describe('what a scenario says of itself', () => {
  const strike = async (perform: (w: World) => unknown, fault: Fault) => {
    code.resetCalls()
    const glitch = glitchBeforeCall(perform.name, fault)
    const { approximate } = await runScenario<World>(jobOf(perform).with(null), { glitch, setup }, () => {})
    return approximate
  }

  test('a crash keeps the memory of modules that a real one loses', async () => {
    const words = `the crash of the simulation keeps the module variables of ${file}`
    expect(await strike(code.counting, crash())).toBe(words)
    expect(await strike(code.counting, error())).toBeUndefined()
    expect(await strike(code.charge, crash())).toBeUndefined()
  })

  test('there is nothing to prune', async () => {
    const options = { setup, prune: { state: () => 1 } }
    const run = struck(code.charge, glitchBeforeCall('charge', crash()), options)
    await expect(run).rejects.toMatchObject({
      code: 'FAULTLINE_BAD_OPTION',
      message: 'prune: runScenario runs one scenario, and there is nothing to skip; simulations take it.',
    })
  })
})
