import { expect, test } from 'vitest'
import { transform } from '../../../src/transform/transform.ts'

/** The names of the functions that have points. */
function functions(source: string): string[] {
  const result = transform(source, { file: 'a.test.ts', root: '/app', scope: 'makers' })
  return [...new Set(result?.points.map((row) => row[3]))]
}

test.each([
  [
    'import { defineJob } from "faultline"; const j = defineJob({ name: "j", perform() { a() }, onDead: () => b() })',
    ['perform', 'onDead'],
  ],
  ['import { defineJob } from "faultline"; defineJob({ load() { a() }, backoff() { b() } })', []],
  ['import faultline from "faultline"; faultline.once(() => a())', ['<anonymous>']],
  ['import * as f from "faultline/vitest"; f.testSimulation.skip("x", () => a())', ['<anonymous>']],
  ['import { defineJob as d } from "faultline"; const perform = () => a(); d({ perform })', ['perform']],
  ['import { defineJob as d } from "faultline"; d({ perform: work }); async function work() {}', ['work']],
  [
    'import { defineJob as d } from "faultline"; const definition = { perform() {} }; d(definition)',
    ['definition.perform'],
  ],
  [
    'import { defineJob as d } from "faultline"; const base = { perform() {} }; d({ ...base, name: "x" })',
    ['base.perform'],
  ],
  [
    'import { runScenario } from "faultline"; runScenario(() => a(), { glitch: [], setup() { b() } }, () => c())',
    ['<anonymous>'],
  ],
  [
    'import { simulate } from "faultline"; test("t", () => { const work = () => a(); return simulate(work) })',
    ['work'],
  ],
  ['import { simulate } from "faultline"; const work = () => a(); test("t", (work) => simulate(work))', []],
  [
    'import { simulate } from "faultline"; const work = () => a(); test("t", ({ work }) => simulate(work))',
    [],
  ],
  [
    'import { defineSimulation, once } from "faultline"; export default defineSimulation("x", once(async () => a()))',
    ['<anonymous>'],
  ],
  [
    'import { runRaces, enqueuedBy } from "faultline"; runRaces([() => a(), enqueuedBy(() => b())])',
    ['<anonymous>'],
  ],
  ['import { simulate, enqueuedBy } from "faultline"; simulate(enqueuedBy(() => { b() }))', []],
  [
    'import { trace, outside } from "faultline"; trace(() => { outside({ pay() { a() }, f: () => b() }).pay() })',
    ['<anonymous>'],
  ],
  [
    'import { defineJob } from "faultline"; defineJob({ perform: outside(() => a()), b: vi.fn(() => b()) })',
    ['<anonymous>'],
  ],
  ['const { once } = await import("faultline"); once(() => a())', ['<anonymous>']],
  ['const f = require("faultline"); f.once(() => a())', ['<anonymous>']],
  ['const once = require("faultline").once; once(() => a())', ['<anonymous>']],
  ['(await import("faultline")).once(() => a())', ['<anonymous>']],
  ['import { once } from "faultline-like"; once(() => a())', []],
  ['import { once } from "other"; once(() => a())', []],
  ['import { performAll } from "faultline"; performAll(() => a())', []],
  ['import { once } from "faultline"; const a = b, b = a; once(a)', []],
  ['import { once } from "faultline"; once(condition ? () => a() : wrap(() => b()))', ['<anonymous>']],
  ['import { once } from "faultline"; once(class { static m() { a() } })', ['<anonymous>.m']],
  [
    'import { defineJob } from "faultline"; const j = defineJob({ perform() {} }).with(() => ({ a: 1 }))',
    ['perform'],
  ],
  [
    'import { testSimulation } from "faultline/vitest"; testSimulation(`x`, job.with({ a: () => 1 }), () => a(), { snapshot: () => b() })',
    [],
  ],
])('%s', (source, expected) => expect(functions(source)).toEqual(expected))

test('timers are wrapped where there are points, and nowhere else', () => {
  const source = 'import { once } from "faultline"\nsetTimeout(a)\nonce(() => setTimeout(b))'
  const code = transform(source, { file: 'a.test.ts', root: '/app', scope: 'makers' })!.code
  expect(code.split('\n').slice(1)).toEqual([
    'setTimeout(a)',
    'once(() => {if($ft(0))$fc(0,void 0,[]);return $fy(1,void 0,($fk(setTimeout)(b)))})',
  ])
})
