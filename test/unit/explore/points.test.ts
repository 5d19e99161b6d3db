import { defineJob, type JobContext, type Point, simulate, trace } from 'faultline'
import { describe, expect, test } from 'vitest'
import * as code from '../../../fixtures/engine/points.ts'
import { World } from '../../helpers/engine-world.ts'
import { inSource } from '../../helpers/source-lines.ts'

type Code = (w: World, context: JobContext) => unknown

const jobOf = (perform: Code) =>
  defineJob({ name: 'job', perform: (_, context) => perform(new World(), context) })

/** `await + line main ‹const a = 1› #2 /2 [child-1]`: all that tells a point from others, on one line. */
function inWords(point: Point): string {
  const { kind, also, key, function: fn, hit, attempt, jobId } = point
  const names = [kind, ...also.map((other) => `${other.kind} ${inSource(other.key)}`)].join(' + ')
  return [
    kind === 'call' || kind === 'return' ? kind : `${names} ${inSource(key)}`,
    fn && `in ${fn}`,
    hit > 1 && `#${hit}`,
    attempt > 1 && `/${attempt}`,
    jobId !== 'job-1' && `[${jobId}]`,
  ]
    .filter(Boolean)
    .join(' ')
}

const pointsOf = async (perform: Code) => (await trace(jobOf(perform).with(null))).map(inWords)

describe('the points of', () => {
  test('a function with nothing in it', async () => {
    expect(await pointsOf(code.none)).toMatchInlineSnapshot(`
      [
        "call in none",
        "return in none",
        "settle settle",
      ]
    `)
  })
  test('a loop', async () => {
    expect(await pointsOf(code.loop)).toMatchInlineSnapshot(`
      [
        "line + call loop ‹for (let i = 1; i <= 5; i++) {› in loop",
        "line ‹w.effect(\`step\${i}\`)› in loop",
        "line ‹w.effect(\`step\${i}\`)› in loop #2",
        "line ‹w.effect(\`step\${i}\`)› in loop #3",
        "line ‹w.effect(\`step\${i}\`)› in loop #4",
        "line ‹w.effect(\`step\${i}\`)› in loop #5",
        "return in loop",
        "settle settle",
      ]
    `)
  })
  test('helpers', async () => {
    expect(await pointsOf(code.helpers)).toMatchInlineSnapshot(`
      [
        "line + call helpers ‹const first = await helper(w, 'a')› in helpers",
        "line + call helper ‹const value = await w.io(name)› in helper",
        "await ‹const value = await w.io(name)› in helper",
        "line ‹return value.length› in helper",
        "return in helper",
        "await ‹const first = await helper(w, 'a')› in helpers",
        "line ‹await helper(w, 'bb')› in helpers",
        "line + call helper ‹const value = await w.io(name)› in helper #2",
        "await ‹const value = await w.io(name)› in helper #2",
        "line ‹return value.length› in helper #2",
        "return in helper #2",
        "line + await ‹await helper(w, 'bb')› ‹return first› in helpers",
        "return in helpers",
        "settle settle",
      ]
    `)
  })
  test('classes', async () => {
    expect(await pointsOf(code.classes)).toMatchInlineSnapshot(`
      [
        "line + call classes ‹const account = Account.open()› in classes",
        "line + call Account.open ‹return new Account()› in Account.open",
        "return in Account.open",
        "line ‹account.deposit(200)› in classes",
        "line + call Account#deposit ‹this.balance += amount› in Account#deposit",
        "return in Account#deposit",
        "line ‹return account.rich› in classes",
        "line + call Account#rich ‹return this.balance > 100› in Account#rich",
        "return in Account#rich",
        "return in classes",
        "settle settle",
      ]
    `)
  })
  test('arrows and callbacks', async () => {
    expect(await pointsOf(code.arrows)).toMatchInlineSnapshot(`
      [
        "line + call arrows ‹const double = (n: number) => w.effect(String(n * 2))› in arrows",
        "line ‹;[1, 2].map((n) => double(n))› in arrows",
        "call in arrows.<anonymous>",
        "call in double",
        "return in double",
        "return in arrows.<anonymous>",
        "call in arrows.<anonymous> #2",
        "call in double #2",
        "return in double #2",
        "return in arrows.<anonymous> #2",
        "return in arrows",
        "settle settle",
      ]
    `)
  })
  test('catch and finally', async () => {
    expect(await pointsOf(code.recovering)).toMatchInlineSnapshot(`
      [
        "line + call recovering ‹try {› in recovering",
        "line ‹await w.fails('a')› in recovering",
        "line ‹w.effect('caught')› in recovering",
        "line ‹await w.io('released')› in recovering",
        "await ‹await w.io('released')› in recovering",
        "return in recovering",
        "settle settle",
      ]
    `)
  })
  test('child jobs', async () => {
    expect(await pointsOf(code.parent)).toMatchInlineSnapshot(`
      [
        "line + call parent ‹await context.enqueue(child, { n: 1 })› in parent",
        "enqueue before-enqueue:child",
        "enqueue after-enqueue:child",
        "line + await ‹await context.enqueue(child, { n: 1 })› ‹await context.enqueue(child, { n: 1 }, { delay: '1h' })› in parent",
        "enqueue before-enqueue:child #2",
        "enqueue after-enqueue:child #2",
        "await + return parent ‹await context.enqueue(child, { n: 1 }, { delay: '1h' })› in parent",
        "settle settle",
        "line + call perform ‹if (n > 1) throw new Error('too much')› in perform [child-1]",
        "return in perform [child-1]",
        "settle settle [child-1]",
        "line + call perform ‹if (n > 1) throw new Error('too much')› in perform [child-2]",
        "return in perform [child-2]",
        "settle settle [child-2]",
      ]
    `)
  })
  test('a job that fails once by itself', async () => {
    expect(await pointsOf(code.failing)).toMatchInlineSnapshot(`
      [
        "line + call failing ‹if (context.attempt === 1) throw new Error('not yet')› in failing",
        "line ‹throw new Error('not yet')› in failing",
        "line + call failing ‹if (context.attempt === 1) throw new Error('not yet')› in failing /2",
        "return in failing /2",
        "settle settle /2",
      ]
    `)
  })
  test('statements on one line, awaits within awaits', async () => {
    expect(await pointsOf(code.merged)).toMatchInlineSnapshot(`
      [
        "line + call merged ‹await w.io('a')› in merged",
        "line + await ‹await w.io('a')› ‹w.effect('b')› in merged",
        "line ‹w.effect('c')› in merged",
        "line ‹await Promise.all([w.io('d'), await w.io('e')])› in merged",
        "await ‹await w.io('e')])› in merged",
        "await + return merged ‹await Promise.all([w.io('d'), await w.io('e')])› in merged",
        "settle settle",
      ]
    `)
  })
})

describe('the scenarios of a loop of 5', () => {
  const job = jobOf(code.loop)
  const ids = async (options: object) => {
    const { scenarios, summary } = await simulate(job.with(null), () => {}, { faults: ['crash'], ...options })
    const { skipped, exhaustive, notCovered, survived } = summary
    return { ids: scenarios.map(({ id }) => inSource(id)), survived, skipped, exhaustive, notCovered }
  }

  test("hits: 'edges', by default", async () => {
    expect(await ids({})).toMatchInlineSnapshot(`
      {
        "exhaustive": false,
        "ids": [
          "crash@‹for (let i = 1; i <= 5; i++) {›",
          "crash@‹w.effect(\`step\${i}\`)›",
          "crash@‹w.effect(\`step\${i}\`)›#2",
          "crash@‹w.effect(\`step\${i}\`)›#3",
          "crash@‹w.effect(\`step\${i}\`)›#5",
          "crash@return:‹}›",
          "crash@settle",
        ],
        "notCovered": {
          "hits": "1 hit beyond the first, second, third and last of a place; hits: 'all' takes them in",
        },
        "skipped": 1,
        "survived": 7,
      }
    `)
  })
  test("hits: 'all'", async () => {
    expect(await ids({ hits: 'all' })).toMatchInlineSnapshot(`
      {
        "exhaustive": true,
        "ids": [
          "crash@‹for (let i = 1; i <= 5; i++) {›",
          "crash@‹w.effect(\`step\${i}\`)›",
          "crash@‹w.effect(\`step\${i}\`)›#2",
          "crash@‹w.effect(\`step\${i}\`)›#3",
          "crash@‹w.effect(\`step\${i}\`)›#4",
          "crash@‹w.effect(\`step\${i}\`)›#5",
          "crash@return:‹}›",
          "crash@settle",
        ],
        "notCovered": {},
        "skipped": 0,
        "survived": 8,
      }
    `)
  })
  test('hits: 2', async () => {
    expect(await ids({ hits: 2 })).toMatchInlineSnapshot(`
      {
        "exhaustive": false,
        "ids": [
          "crash@‹for (let i = 1; i <= 5; i++) {›",
          "crash@‹w.effect(\`step\${i}\`)›",
          "crash@‹w.effect(\`step\${i}\`)›#2",
          "crash@return:‹}›",
          "crash@settle",
        ],
        "notCovered": {
          "hits": "3 hits beyond the first 2 of a place; hits: 'all' takes them in",
        },
        "skipped": 3,
        "survived": 5,
      }
    `)
  })
  test('points: a filter', async () => {
    expect(await ids({ points: ({ kind }: Point) => kind === 'settle' })).toMatchInlineSnapshot(`
      {
        "exhaustive": false,
        "ids": [
          "crash@settle",
        ],
        "notCovered": {
          "points": "7 of 8 points, which the option \`points\` leaves out",
        },
        "skipped": 0,
        "survived": 1,
      }
    `)
  })
  test('points: globs', async () => {
    expect((await ids({ points: 'fixtures/**', hits: 1 })).ids).toEqual(
      (await ids({ points: ['fixtures/engine/*.ts'], hits: 1 })).ids,
    )
    expect((await ids({ points: 'fixtures/**', hits: 1 })).ids.length).toBe(3)
  })
})

test('what the summary skips is what another option would have run', async () => {
  for (const perform of [code.loop, code.counting, code.parent]) {
    const run = (hits: 'edges' | 'all') => simulate(jobOf(perform).with(null), () => {}, { hits })
    const [edges, all] = [await run('edges'), await run('all')]
    expect(edges.summary.scenarios + edges.summary.skipped).toBe(all.summary.scenarios)
    expect([all.summary.skipped, all.summary.exhaustive]).toEqual([0, true])
  }
})
