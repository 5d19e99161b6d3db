import { describe, expect, test } from 'vitest'
import { transform } from '../../../src/transform/transform.ts'

/** `l1 f` for a line, `l1+c f` with its other names; `!` it can fail, `~` pausable, `'` not the first, `^` end of try. */
function points(source: string, file = 'case.ts'): string[] {
  const rows = transform(source, { file, root: '/app' })?.points ?? []
  return rows.map(([kind, line, , fn, flags, also = []]) => {
    const names = [`${kind}${line}`, ...also.map(([other]) => other)].join('+')
    const marks = ['!', '~', "'", '^'].filter((_, bit) => flags & (1 << bit)).join('')
    return `${names} ${fn}${marks === '' ? '' : ` ${marks}`}`
  })
}

describe('every place, and nothing else', () => {
  test('helpers and loops', () => {
    const source = `
export function charge(items) {
  for (const item of items) {
    send(item)
    count++
  }
}
const helper = (x) => x.id
let top = helper(1)
if (top) top = 2`
    expect(points(source)).toEqual([
      'l3+c charge',
      'l4 charge !',
      'l5 charge',
      'r7 charge',
      'c8 helper',
      'r8 helper',
    ])
  })

  test('async: awaits, merges', () => {
    const source = `
async function f() {
  await a()
  const x = await b(await c())
  await d()
  return await e(x)
}`
    expect(points(source)).toEqual([
      'l3+c f !~',
      'l4+a f !~',
      'a4 f !~',
      "a4 f !~'",
      'l5 f !~',
      'l6+a f !~',
      'a6+r f !~',
    ])
  })

  test('an await at the end of a function, and of a try block', () => {
    const source = `
async function f() {
  try {
    await a()
  } catch {}
  await b()
}`
    expect(points(source)).toEqual(['l3+c f ~', 'l4 f !~', 'a4 f !~', 'l5 f ~', 'l6 f !~', 'a6+r f !~'])
  })

  test('try, catch, finally', () => {
    const source = `
function f() {
  try {
    a()
  } catch (e) {
    b(e)
  } finally { c() }
}`
    expect(points(source)).toEqual(['l3+c f', 'l4 f !', 'l5 f !^', 'l6 f !', 'l7 f !', 'r8 f'])
  })

  test('classes: methods, fields, accessors; static code of the top level has none', () => {
    const source = `
class A extends B {
  x = make()
  y = 1
  static z = make()
  static { make() }
  constructor() { super() }
  get v() { return this.x }
  static s() {}
  async #p() { await this.v }
}`
    expect(points(source)).toEqual([
      'l3 A#x !',
      'l7+c A#constructor !',
      'r7 A#constructor',
      'l8+c A#v',
      'r8 A#v',
      'c9 A.s',
      'r9 A.s',
      'l10+c A##p !~',
      'a10+r A##p !~',
    ])
  })

  test('callbacks: anonymous functions carry the name of the function around', () => {
    const source = `
async function f(xs) {
  await Promise.all(xs.map(async (x) => send(x)))
  xs.forEach(function (x) { log(x) })
}`
    expect(points(source)).toEqual([
      'l3+c f !~',
      'c3 f.<anonymous> !~',
      'r3 f.<anonymous> !~',
      'l4+a f !~',
      "l4+c f.<anonymous> !'",
      'r4 f.<anonymous>',
      'r5 f ~',
    ])
  })

  test('for await', () => {
    expect(points('async function f(xs) {\n  for await (const x of xs) {\n    send(x)\n  }\n}')).toEqual([
      'l2+c f !~',
      'a2+l f !~',
      'r5 f ~',
    ])
  })

  test('what cannot be reached has no end', () => {
    const ends = (body: string): number =>
      points(`function f(a) { ${body} }`).filter((row) => row[0] === 'r').length
    expect(ends('for (;;) a()')).toBe(0)
    expect(ends('while (true) { if (a) break }')).toBe(1)
    expect(ends('outer: while (true) { for (;;) { break outer } }')).toBe(1)
    expect(ends('do { continue } while (1)')).toBe(0)
    expect(ends('throw a')).toBe(0)
    expect(ends('if (a) throw 1; else throw 2')).toBe(0)
    expect(ends('if (a) throw 1')).toBe(1)
    expect(ends('try { throw 1 } finally { a() }')).toBe(0)
    expect(ends('try { throw 1 } catch { a() }')).toBe(1)
    expect(ends('try { a() } finally { throw 1 }')).toBe(0)
    expect(ends('switch (a) { case 1: throw 1; default: throw 2 }')).toBe(0)
    expect(ends('switch (a) { case 1: break; default: throw 2 }')).toBe(1)
    expect(ends('switch (a) { case 1: throw 1 }')).toBe(1)
    expect(ends('x: { if (a) break x; throw 1 }')).toBe(1)
  })

  test('types, declarations and the top level have none', () => {
    const source = `
import a from 'a'
interface I { f(): void }
declare function g(): void
abstract class C { abstract m(): void; declare x: string }
type F = () => void
enum E { A = f() }
await a()
a(); for (const x of a) a(x)`
    expect(transform(source, { file: 'case.ts', root: '/app' })).toBeUndefined()
  })
})

describe('what can fail', () => {
  const fails = (statement: string): boolean => {
    const rows = transform(`async function* f(a) { 0; ${statement} }`, {
      file: 'case.ts',
      root: '/app',
    })!.points
    return (rows.filter(([, , column]) => column === 27)[0]![4] & 1) === 1
  }
  test.each([
    'send()',
    'a.b.send()',
    'new Client()',
    'await a',
    'yield a',
    'import("x")',
    'tag`x`',
    'if (send()) {}',
    'for (const x of send()) {}',
    'switch (a) { case send(): }',
    'JSON.parse(a)',
    'new URL(a)',
    'queue.push(a)',
    'collection.find({})',
    'model.map(callback)',
    'a?.send?.()',
    'redis.keys("*")',
    'Object.keys(send())',
    'const { b = send() } = a',
    'class K extends mixin(a) {}',
    'const x = [...send()]',
    'throw send()',
    'for await (const x of a) {}',
    'await using x = a',
    'console.log(send())',
    'child.exec(a)',
    'send().catch(() => {})',
    'a.then(() => 1, fallback())',
    'Promise.all([send()])',
    'new Promise(executor)',
    'schema.catch("default")',
  ])('can: %s', (statement) => expect(fails(statement)).toBe(true))

  test.each([
    'a++',
    'const x = a.b',
    'console.log(a)',
    'Math.max(1, a)',
    'JSON.stringify(a)',
    'Object.keys(a)',
    'Array.isArray(a)',
    'Number(a)',
    'String(a)',
    'new Date()',
    'new Map([[1, 2]])',
    'new TypeError("x")',
    'new JobError(a)',
    'throw new Error("x")',
    'Date.now()',
    'performance.now()',
    'a.map((x) => send(x))',
    'a.filter(Boolean)',
    'a.find((x) => x)',
    'a.join().trim()',
    'a.toISOString()',
    'if (a) { send() }',
    'while (a) send()',
    'try { send() } catch {}',
    'const f = () => send()',
    'class K { m() { send() } }',
    'for (;;) { send() }',
    '/x/.test(a)',
    'a.catch(() => {})',
    'void a.b.then(this.next, null)',
    'a.finally(() => send())',
    'const all = Promise.all([a, a])',
    'const slept = new Promise((resolve) => setTimeout(resolve, 5))',
    'String.raw`x`',
    'parseInt(a)',
    'return a',
    'debugger',
  ])('cannot: %s', (statement) => expect(fails(statement)).toBe(false))
})
