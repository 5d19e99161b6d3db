import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { afterAll, describe, expect, test } from 'vitest'
import { transform } from '../../../src/transform/transform.ts'
import { type StubMode, stubRuntime, withRuntime } from '../../helpers/stub-runtime.ts'

const folder = mkdtempSync(join(tmpdir(), 'faultline-transform-'))
afterAll(() => rmSync(folder, { recursive: true }))

function instrument(source: string, file = 'case.cjs'): string {
  return transform(source, { file, root: folder })!.code
}

function evaluate(code: string, mode: StubMode): { exports: Record<string, unknown>; calls: unknown[][] } {
  const runtime = stubRuntime(mode)
  const module = { exports: {} as Record<string, unknown> }
  const run = compileFunction(code, ['exports', 'module'], { filename: 'case.js' })
  withRuntime(runtime, () => run(module.exports, module))
  const calls = runtime.calls.map(({ probe, args }) => (args === undefined ? [probe] : [probe, ...args]))
  return { exports: module.exports, calls }
}

const everyProbe = `
function sync(a) { const t = { setTimeout }; if (a) return 1; try { a++ } catch {} }
async function later(a) { await a; for await (const x of [1, a]) { a += x } return a }
class K { f = sync() }
function make() { return new K() }`

describe('functions that are called before their module is evaluated', () => {
  test.each(['off', 'on', 'armed'] as const)('hoisted, %s', async (mode) => {
    const early = 'exports.early = [sync(0), sync(1), later(2)];'
    const { exports } = evaluate(early + instrument(everyProbe), mode)
    expect(await Promise.all(exports.early as unknown[])).toEqual([undefined, 1, 5])
  })

  test('over a cycle of imports', () => {
    const a = `import { seen } from './b.mjs'\n${everyProbe}\nexport { sync, later }\nexport { seen }`
    const b = `import { sync, later } from './a.mjs'\nexport const seen = [sync(0), sync(1), later(2)]`
    const main = `import { seen } from './a.mjs'\nconsole.log(JSON.stringify(await Promise.all(seen)))`
    for (const [name, source] of Object.entries({ 'a.mjs': a, 'b.mjs': b, 'main.mjs': main })) {
      writeFileSync(join(folder, name), transform(source, { file: name, root: folder })?.code ?? source)
    }
    const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'main.mjs')], { encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({ stdout: '[null,1,5]\n', stderr: '' })
  })
})

describe('the activation is initialised wherever it is mentioned', () => {
  const cases = {
    'a function in a default parameter of a nested async function':
      'exports.run = async (x) => { const g = async (f = () => x) => { await null; return f() }; return g() }',
    'a default parameter that calls a hoisted function':
      'exports.run = async (x) => { const r = await g(); async function g(y = h()) { await null; return y } function h() { return x } return r }',
    'a hoisted function called in the first statement':
      'exports.run = async (x) => { return h(); function h() { return x } }',
    'a class whose fields, keys and static blocks run inside':
      'exports.run = async (x) => { const f = () => x; class A { static a = f(); [f()] = f(); static { this.b = f() } } return A.a + A.b + new A()[x] }',
    'a class in a default parameter':
      'exports.run = async (x, A = class { static a = ((y) => y)(x); b = (() => x)() }) => A.a + new A().b',
    'a function in a case of a switch':
      'exports.run = async (x) => { switch (x) { case 1: const f = () => x; await null; return f(); default: return 0 } }',
    'a generator inside': 'exports.run = async (x) => { function* g() { yield x } return [...g()] }',
    'a getter inside':
      'exports.run = async (x) => { const o = { get v() { return x } }; await null; return o.v }',
  }
  test.each(Object.entries(cases))('%s', async (_, source) => {
    const plain = evaluate(source, 'off').exports.run as (x: number) => Promise<unknown>
    for (const mode of ['off', 'on', 'armed', 'held'] as const) {
      const { exports } = evaluate(instrument(source), mode)
      expect(await (exports.run as typeof plain)(1), mode).toEqual(await plain(1))
    }
  })
})

test('the call probe gets the arguments', () => {
  const source = `
function plain(a, b = 2, ...rest) {}
function pattern({ a }, [b]) {}
const arrow = ({ a, b: { c }, 'd-e': f, __proto__: p, ...i }, [j, , k = 1, ...l], m = 3, ...[n]) => {}
class P { set c({ d }) {} }
plain(1); plain(1, 3, 4, 5); pattern({ a: 1, z: 2 }, [3, 4], 5)
arrow({ a: 1, b: { c: 2, x: 0 }, 'd-e': 3, g: 4 }, [5, 6, undefined, 7, 8], undefined, 9, 10)
new P().c = { d: 1 }`
  const calls = evaluate(instrument(source), 'armed').calls.filter((call) => call.length > 1)
  expect(calls).toEqual([
    ['point', 1, 2],
    ['point', 1, 3, 4, 5],
    ['point', { a: 1, z: 2 }, [3, 4], 5],
    [
      'point',
      { a: 1, b: { c: 2 }, 'd-e': 3, ['__proto__']: Object.prototype, g: 4 },
      [5, undefined, 1, 7, 8],
      3,
      9,
    ],
    ['point', { d: 1 }],
  ])
})

test('stack traces name the lines of the source', async () => {
  const source = `
exports.run = async (x) => {
  const f = () =>
    g(x)
  await null
  if (x) return f()
}
function g() {
  throw new Error(
    'here')
}`
  const lines = async (code: string, mode: StubMode): Promise<unknown> => {
    const run = evaluate(code, mode).exports.run as (x: number) => Promise<void>
    const error = await run(1).catch((error: Error) => error)
    return (error as Error).stack?.match(/[\w.]+ \(case\.js:\d+/g)
  }
  const expected = await lines(source, 'off')
  expect(expected).toEqual(['g (case.js:9', 'f (case.js:4', 'exports.run (case.js:6'])
  for (const mode of ['off', 'on', 'armed'] as const)
    expect(await lines(instrument(source), mode)).toEqual(expected)
})

test('a module that is evaluated again shares its table; an edited one has its own', () => {
  const runtime = stubRuntime('on')
  const once = instrument('function f() {}')
  for (const code of [once, once, instrument('function f() { }')]) {
    withRuntime(runtime, () => compileFunction(code)())
  }
  expect(Object.keys(runtime.files)).toEqual([
    expect.stringMatching(/^case\.cjs@[\da-f]{12}$/),
    expect.stringMatching(/^case\.cjs@[\da-f]{12}$/),
  ])
  expect(JSON.parse(Object.values(runtime.files)[0]!.table)).toEqual([
    ['c', 1, 1, 'f', 0],
    ['r', 1, 15, 'f', 0],
  ])
})

test('whoever comes first makes the shared object', () => {
  const holder = globalThis as { [name: symbol]: unknown }
  withRuntime(undefined, () => {
    compileFunction(instrument('function f() {}'))()
    expect(holder[Symbol.for('faultline.runtime')]).toMatchObject({ on: false, files: {} })
  })
})

test('a script with a hashbang and directives runs', () => {
  const source =
    "#!/usr/bin/env node\n'use strict'\nfunction f() { return this === undefined }\nconsole.log(f())\nreturn\n"
  const path = join(folder, 'script.cjs')
  writeFileSync(path, instrument(source, 'script.cjs'))
  const { stdout, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' })
  expect({ stdout, stderr }).toEqual({ stdout: 'true\n', stderr: '' })
})
