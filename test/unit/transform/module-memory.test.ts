import { describe, expect, test } from 'vitest'
import { transform } from '../../../src/transform/transform.ts'

const options = { file: 'src/a.ts', root: '/app' }
const memory = 32

/** The functions whose places are marked. */
function users(source: string): string[] {
  const rows = transform(source, options)!.points.filter(([, , , , flags]) => (flags & memory) !== 0)
  return [...new Set(rows.map(([, , , fn]) => fn))]
}

describe('functions that use variables which functions change are marked', () => {
  test.each([
    ['let', 'let n = 0\nexport function add() { n++ }\nexport function get() { return n }', ['add', 'get']],
    ['assignment', 'let last: string\nexport async function f(x: string) { last = x }', ['f']],
    ['set', 'const done = new Set<string>()\nfunction a(x) { if (done.has(x)) return; done.add(x) }', ['a']],
    [
      'map in two',
      'const m = new Map()\nconst put = (k) => m.set(k, 1)\nconst get = (k) => m.get(k)',
      ['put', 'get'],
    ],
    ['array', 'const all: number[] = []\nexport function note(x: number) { all.push(x) }', ['note']],
    ['member', 'const state = { n: 0 }\nfunction f() { state.n += 1 }', ['f']],
    ['deep', 'const state = { items: [] as number[] }\nfunction f() { (state.items).push(1) }', ['f']],
    ['delete', 'const m: any = {}\nfunction f(k) { delete m[k] }', ['f']],
    ['static field', 'class A { static cache = new Map() }\nfunction f() { A.cache.set(1, 2) }', ['f']],
    ['function property', 'function f() { f.calls = 1 }', ['f']],
    ['inner function', 'let n = 0\nfunction f() { return [1].map((x) => { n += x }) }', ['f.<anonymous>']],
    ['read only', 'const m = new Map([[1, 2]])\nfunction f() { return m.get(1) }', []],
    ['only at the top', 'let n = 0\nn = 1\nfunction f() { return n }', []],
    [
      'a property of that name',
      'let n = 0\nfunction f(o) { n++ }\nfunction g(o) { return o.n + { n: 1 }.n }',
      ['f'],
    ],
    ['somebody’s add', 'import { queue } from "./q"\nfunction f() { queue.add(1) }', []],
    ['local', 'function f() { let n = 0; n++; const s = new Set(); s.add(n) }', []],
    ['a method of a class of that name', 'class Q { static add() {} }\nfunction f() { Q.add(1) }', []],
    [
      'an object of an own class',
      'class L { #free = 3; async run(fn) { this.#free--; await fn(); this.#free++ } }\nconst l = new L()\nconst f = (x) => l.run(x)',
      ['L#run', 'f'],
    ],
    [
      'exported, with a collection inside',
      'class S { #seen = new Set(); has(k) { return this.#seen.has(k) }\nadd(k) { this.#seen.add(k) } }\nexport const s = new S()',
      ['S#has', 'S#add'],
    ],
    [
      'in a static field, or in a list of them',
      'class S { n = 0; add() { this.n++ } }\nclass A { static s = new S() }\nfunction f() {}',
      ['S#add'],
    ],
    ['made by a call', 'class S { n = 0; add() { this.n++ } }\nfunction f() { new S().add() }', []],
    [
      'that never changes',
      'class S { n = 0; get() { return this.n } }\nconst s = new S()\nfunction f() { s.get() }',
      [],
    ],
    [
      'changed by its constructor',
      'class S { constructor() { this.n = 1 } get() {} }\nconst s = new S()\nfunction f() { s.get() }',
      [],
    ],
    [
      'an emitter',
      'import { EventEmitter } from "node:events"\nconst bus = new EventEmitter()\nfunction f() { bus.emit("x") }',
      ['f'],
    ],
    [
      'an emitter of an own class',
      'class Bus extends EventEmitter { say() {} }\nconst bus = new Bus()\nfunction f() { bus.emit("x") }',
      ['Bus#say', 'f'],
    ],
    [
      'a closure',
      'function limiter(n) { let active = 0; return async (fn) => { active++; await fn(); active-- } }\nconst limit = limiter(3)\nconst f = (x) => limit(x)',
      ['limiter.<anonymous>', 'f'],
    ],
    [
      'a limiter of a package',
      'import pLimit from "p-limit"\nconst limit = pLimit(3)\nfunction f() { limit(1) }',
      ['f'],
    ],
    ['a client of a package', 'const stripe = new Stripe()\nfunction f() { stripe.charge(1) }', []],
  ])('%s', (_, source, expected) => {
    expect(users(source)).toEqual(expected)
  })

  test('not in test files: what they hold is the world', () => {
    const source =
      'import { defineJob } from "faultline"\nlet n = 0\nexport const job = defineJob({ name: "a", perform() { n++ } })'
    expect(
      transform(source, { ...options, scope: 'makers' })!.points.map((row) => row[4] & memory),
    ).not.toContain(memory)
  })
})

describe('a module is stateless', () => {
  test.each([
    ['import { a } from "./a"\nexport { a }\nexport * from "./b"\nexport const f = () => a'],
    ['"use strict"\ninterface A {}\ntype B = A\nexport default async function f() {}'],
    ['const a = 1, b = -2, c = `x`, d = "a" + "b", e = /x/i\nfunction f() { return a }\nexport default f'],
    ['export class A extends Error { x = new Map(); static make() { return new A() } }'],
  ])('%s', (source) => expect(transform(source, options)!.stateless).toBe(true))
})

describe('a module may hold state', () => {
  test.each([
    ['const m = new Map()\nexport function f() { return m }'],
    ['export const config = { a: 1 }\nexport function f() {}'],
    ['let n\nexport function f() {}'],
    ['const client = make()\nfunction f() {}'],
    ['register()\nfunction register() {}'],
    ['class A { static n = 0; f() {} }'],
    ['class A { static { boot() } f() {} }'],
    ['class A extends mixin(B) { f() {} }'],
    ['const r = /x/g\nfunction f() { return r.test("x") }'],
    ['function f() { f.n = 1 }'],
  ])('%s', (source) => expect(transform(source, options)!.stateless).toBe(false))
})
