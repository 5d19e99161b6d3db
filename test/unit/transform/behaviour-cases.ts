// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cases are source text.
/** A module of CommonJS; `exports.run` is called with a log, and what it gives and logs must stay the same. */
export type Case = readonly [name: string, source: string, language?: 'ts' | 'tsx']

export const behaviourCases: readonly Case[] = [
  ['plain function', 'exports.run = () => { let a = 1; a++; return a }'],
  ['return with parentheses', 'exports.run = function () { return(1) + (2) }'],
  [
    'return of an array, a regular expression, a template',
    'const f=()=>{return[1]},g=()=>{return/x/},h=()=>{return`t`}\nexports.run = () => [f(), String(g()), h()]',
  ],
  ['return without a value', 'function f(a) { if (a) return; return 2 }\nexports.run = () => [f(1), f(0)]'],
  ['return before a line break', 'function f() { return\n5 }\nexports.run = () => f()'],
  ['return of a sequence', 'exports.run = () => { return 1, 2 }'],
  [
    'return with a comment in between',
    'exports.run = () => { return/*c*/ 1 }\nexports.two = () => { return /* a */ (2) }',
  ],
  ['arrow with an object', 'const f = (x) => ({ x })\nexports.run = () => f(3)'],
  ['arrow with a sequence', 'const f = (x) => (log(x), x)\nexports.run = () => f(3)'],
  ['arrow over lines', 'const f = (x) =>\n  // a comment\n  x +\n  1\nexports.run = () => f(3)'],
  [
    'arrow in a conditional',
    'const f = (a) => a ? (b) => b : (c) => -c\nexports.run = () => [f(1)(2), f(0)(2)]',
  ],
  ['arrow that returns an arrow', 'const f = a => b => c => a + b + c\nexports.run = () => f(1)(2)(3)'],
  [
    'arrow: this, arguments, new.target',
    'function F() { return (() => [this === undefined, arguments.length, typeof new.target])() }\nexports.run = () => [F(1, 2), new F(1)]',
  ],
  ['arrow with in', 'const f = (k) => k in { a: 1 }\nexports.run = () => [f("a"), f("b")]'],
  [
    'semicolons left out: parenthesis',
    'function f(x) { return x }\nexports.run = () => {\n  let a = f\n  ;(a)(1)\n  let b = a\n  ;[2].forEach(log)\n  return b(4)\n}',
  ],
  [
    'semicolons left out: increments',
    'exports.run = () => {\n  let a = 1, b = 1\n  a\n  ++b\n  return [a, b]\n}',
  ],
  ['semicolons left out: do while', 'exports.run = () => { let i = 0; do i++; while (i < 3) return i }'],
  [
    'semicolons left out: let, blocks, functions',
    'exports.run = () => {\n  let x = 1\n  {\n    x = 2\n  }\n  function g() { return x }\n  return g()\n}',
  ],
  [
    'semicolons left out at the end',
    'exports.run = () => { const o = {}\n  o.x = 1\n  o.y = function () { return 2 }\n}',
  ],
  [
    'template after a line break',
    'exports.run = () => {\n  const tag = (s) => s.raw[0]\n  const a = tag\n  `x`\n  return a\n}',
  ],
  [
    'regular expression at the start of a line',
    'exports.run = () => {\n  let a = 4, g = 2\n  let b = a\n  /2/g\n  return b\n}',
  ],
  [
    'continue, break, labels',
    'exports.run = () => {\n  const seen = []\n  outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j === 1) continue outer; if (i === 2) break outer; seen.push([i, j]) } }\n  block: { if (seen.length) break block; seen.push("no") }\n  return seen\n}',
  ],
  [
    'label without braces',
    'exports.run = () => { let n = 0; a: for (;;) b: for (;;) { if (n++ > 3) break a; else continue b } return n }',
  ],
  ['label on an expression', 'exports.run = () => { x: log(1); if (1) y: log(2); else z: log(3) }'],
  [
    'dangling else',
    'const f = (a, b) => { if (a) if (b) return 1; else return 2; return 3 }\nexports.run = () => [f(1, 1), f(1, 0), f(0, 0)]',
  ],
  [
    'else if chain',
    'const f = (a) => { if (a === 1) return "a"\n else if (a === 2) return "b"\n else if (a === 3) { return "c" } else return "d" }\nexports.run = () => [1, 2, 3, 4].map(f)',
  ],
  [
    'loops without braces',
    'exports.run = () => { let n = 0; for (const k in { a: 1, b: 2 }) n++; for (const v of [1, 2]) n += v; while (n < 9) n++; do n++; while (n < 12); for (var i = 0; i < 2; i++) n++; return [n, i] }',
  ],
  [
    'empty bodies',
    'exports.run = () => { let i = 0; for (; i < 3; i++); while (i++ < 5); if (i); else log(i); return i }',
  ],
  [
    'closures of loops',
    'exports.run = () => { const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); for (const x of [7, 8]) fs.push(function () { return x }); return fs.map((f) => f()) }',
  ],
  [
    'switch',
    'const f = (a) => { const r = []; switch (a) { case 1: r.push(1); case 2: { r.push(2) } break; default: r.push("d"); case 3: r.push(3); return r } r.push("e"); return r }\nexports.run = () => [1, 2, 3, 4].map(f)',
  ],
  [
    'switch with declarations',
    'const f = (a) => { switch (a) { case 1: let x = 5; return x; default: { const x = 6; return x } } }\nexports.run = () => [f(1), f(2)]',
  ],
  [
    'try, catch, finally',
    'const f = (a) => { try { if (a) throw new Error("x"); log("t") } catch ({ message }) { log(message); return 1 } finally { log("f") } return 2 }\nexports.run = () => [f(0), f(1)]',
  ],
  [
    'finally overrides',
    'const f = () => { try { return 1 } finally { return 2 } }\nconst g = () => { for (const i of [1, 2]) { try { return i } finally { continue } } return 3 }\nexports.run = () => [f(), g()]',
  ],
  ['catch without a binding', 'exports.run = () => { try { null.x } catch { return 1 } }'],
  [
    'hoisted functions',
    'exports.run = () => { const a = f(); return a; function f() { return g() } function g() { return 5 } }',
  ],
  [
    'function named like a parameter',
    'exports.run = () => { function f(a) { return typeof a; function a() {} } return f(1) }',
  ],
  ['var named like a parameter', 'exports.run = () => { function f(a) { var a; return a } return f(1) }'],
  [
    'parameter defaults',
    'exports.run = () => { const f = (a, b = () => a, { c = b() } = {}) => [a, b(), c]; return [f(1), f(1, () => 2, { c: 3 })] }',
  ],
  [
    'parameters: rest, patterns, this',
    'exports.run = () => { function f({ a, ...r }, [b, , c = 3], ...[d]) { return [a, r, b, c, d, this.x] } return f.call({ x: 9 }, { a: 1, z: 2 }, [4, 5], 6) }',
  ],
  [
    'parameters: patterns of arrows',
    'exports.run = () => { const f = ({ a, "b-c": [d], 1: e, __proto__: p, ...r }, [g, , h], i = 5, ...[j]) => [a, d, e, g, h, i, j, typeof p, r]; return f({ a: 1, "b-c": [2], 1: 3, y: 0 }, [4, 0, 5], undefined, 6) }',
  ],
  [
    'parameters: computed key runs once',
    'let n = 0; const key = () => { n++; return "k" }\nexports.run = () => { const f = ({ [key()]: v }) => v; return [f({ k: 5 }), n] }',
  ],
  ['mapped arguments', 'exports.run = () => { function f(a) { arguments[0] = 2; return a } return f(1) }'],
  [
    'length and name of functions',
    'exports.run = () => { const a = () => {}, b = function () {}, c = async (x) => x, o = { m() {}, get g() { return 1 }, p: () => {}, [`k`]: () => {} }; let { d = () => {} } = {}; class K { static s = () => {}; i = function () {}; #p = class {}; name2() { return this.#p.name } } return [a.name, b.name, c.name, c.length, o.m.name, o.p.name, o.k.name, d.name, K.s.name, new K().i.name, new K().name2(), (() => {}).name] }',
  ],
  [
    'name of default parameters and returned functions',
    'exports.run = () => { const f = (a = () => {}) => a.name; const g = () => () => {}; const h = () => { return class {} }; return [f(), g().name, h().name] }',
  ],
  [
    'derived constructors',
    'exports.run = () => { class A { constructor(x) { this.x = x } } class B extends A { y = this.x + 1; constructor(x) { log("before"); super(x * 2); log("after") } } class C extends A { constructor() { return { c: 1 } } } class D extends A {} return [new B(2), new C(), new D(4)] }',
  ],
  [
    'constructor that returns nothing',
    'exports.run = () => { class A { constructor(a) { this.a = a; if (a) return; this.b = 1 } } class B extends A { constructor(a) { super(a); return } } return [new A(1), new A(0), new B(1)] }',
  ],
  [
    'getters, setters, statics, privates',
    'exports.run = () => { class A { static #n = 0; static inc() { return ++A.#n } #v = A.inc(); get v() { return this.#v } set v(x) { this.#v = x } static { this.z = A.inc() } #m() { return "m" } m() { return this.#m() } has(o) { return #v in o } } const a = new A(); a.v = a.v + 10; return [a.v, A.z, a.m(), a.has(a), a.has({})] }',
  ],
  [
    'field initialisers',
    'exports.run = () => { let n = 0; const f = () => ++n; class A { a = f(); b = () => f(); c = this.a + 1; [f()] = 5; static d = f(); "e f" = new Map([[1, f()]]) } const a = new A(); return [a.a, a.b(), a.c, a[1], A.d, a["e f"].get(1), n] }',
  ],
  [
    'class expressions and heritage',
    'exports.run = () => { const base = (x) => class { v = x }; class A extends base(3) { get w() { return super.v ?? this.v } } return new A().w }',
  ],
  [
    'super in methods of objects',
    'exports.run = () => { const p = { hi() { return "p" } }; const o = { __proto__: p, hi() { return super.hi() + "o" }, a: () => 1, async *g() { yield 1 } }; return o.hi() }',
  ],
  [
    'tagged templates and optional chains',
    'exports.run = () => { const o = { f: (s, ...v) => s.raw.join("|") + v, g: null }; return [o.f`a${1}b`, o.g?.(1), o?.f?.({ raw: ["a"] }).length] }',
  ],
  [
    'generators',
    'function* g(a) { const x = yield a; try { yield x } finally { log("f") } return 9 }\nexports.run = () => { const i = g(1); return [i.next(), i.next(2), i.return(3), i.next(), [...g(5)]] }',
  ],
  [
    'generators that delegate and return at once',
    'function* a() { return 1 } function* b() { const r = yield* a(); yield r; yield* [2, 3] }\nexports.run = () => [...b()]',
  ],
  [
    'generator body runs late',
    'function* g(a) { log("in " + a); yield 1 }\nexports.run = () => { const i = g(1); log("made"); i.next() }',
  ],
  [
    'directive',
    'function f() { "use strict"\n return this === undefined }\nfunction g() { return this === undefined }\nexports.run = () => [f(), g()]',
  ],
  [
    'directive followed by an array',
    'function f() { "use strict"\n ;[1].forEach(log); return (function () { return this })() === undefined }\nexports.run = () => f()',
  ],
  ['with', 'exports.run = () => { const o = { x: 1 }; with (o) x = 2; with (o) { x++ } return o.x }'],
  [
    'typeof and delete of timers',
    'exports.run = () => [typeof setTimeout, typeof globalThis.setTimeout, (() => { const o = { setTimeout: 1 }; delete o.setTimeout; return o })()]',
  ],
  [
    'timers as values, targets and names',
    'exports.run = () => { const o = { setTimeout, clearTimeout: clearTimeout }; const { setTimeout: s, clearInterval = 5 } = o; let setInterval; setInterval = 3; [setInterval] = [setInterval + 1]; for (setInterval of [7]); const f = (setImmediate) => setImmediate; setInterval++; clearImmediate: for (;;) break clearImmediate; return [s === globalThis.setTimeout, clearInterval, setInterval, f(4), o.clearTimeout === clearTimeout] }',
  ],
  ['timers run', 'exports.run = () => new Promise((resolve) => setTimeout(resolve, 1, "v"))'],
  [
    'timers of modules',
    'const { setTimeout: sleep } = require("node:timers/promises"); const timers = require("timers")\nexports.run = async () => { const a = await sleep(1, "x"); return [a, await new Promise((r) => timers.setTimeout(r, 1, "y")), await timers.promises.setTimeout(1, "z")] }',
  ],
  [
    'AbortSignal.timeout',
    'exports.run = () => [AbortSignal.timeout(5).aborted, globalThis.AbortSignal.timeout(5).aborted, AbortSignal.abort(1).reason]',
  ],
  [
    'async: values and throws',
    'const f = async (x) => { if (x) throw new Error("e"); return 1 }\nexports.run = async () => { const a = await f(0); try { await f(1) } catch (e) { return [a, e.message] } }',
  ],
  [
    'async: nested awaits',
    'const id = async (x) => x\nexports.run = async () => { const o = { m: async (x) => ({ y: x }) }; return [await id(await id(1)) + await id(2), (await o.m(3)).y, -(await id(4)), typeof await id(5), await(6), await[7]] }',
  ],
  [
    'async: returns',
    'const p = async () => 5\nconst f = async () => p()\nconst g = async () => { return await p() }\nconst h = async () => await p()\nconst i = async () => { return (await p()) }\nexports.run = async () => Promise.all([f(), g(), h(), i()])',
  ],
  [
    'async: sync callback inside',
    'exports.run = async () => { const out = []; await null; [1, 2].forEach((x) => { out.push(x); function k() { return x } out.push(k()) }); return out }',
  ],
  [
    'async: methods, getters, arrows in fields',
    'exports.run = async () => { class A { async m() { return this.v } v = 3; f = async () => this.v; static async s() { return "s" } async #p() { return "p" } p() { return this.#p() } get g() { return this.m() } } const a = new A(); return [await a.m(), await a.f(), await A.s(), await a.p(), await a.g] }',
  ],
  [
    'async: arguments, this, super',
    'exports.run = async () => { class A { async m() { return "A" } } class B extends A { async m(a) { const f = async () => [await super.m(), arguments.length, this instanceof B]; return f() } } return new B().m(1, 2) }',
  ],
  [
    'async: functions in parameters',
    'const outer = async (x) => { const inner = async (f = async () => x, g = () => x + 1) => [await f(), g()]; return inner() }\nexports.run = () => outer(5)',
  ],
  [
    'async: parameters that throw',
    'const bad = () => { throw new Error("p") }\nconst f = async (a = bad()) => a\nexports.run = () => f().catch((e) => e.message)',
  ],
  [
    'async: class inside',
    'exports.run = async () => { const f = () => 4; const k = async () => "k"; class A { x = f(); static y = f(); [await k()] = f(); static { this.z = f() } m = () => f() } const a = new A(); return [a.x, A.y, a.k, A.z, a.m()] }',
  ],
  [
    'async: try and finally',
    'const f = async (a) => { try { await a; log("t"); if (a) return await Promise.reject(new Error("r")) } catch (e) { log(e.message); throw e } finally { await null; log("f") } }\nexports.run = async () => { await f(0); try { await f(1) } catch (e) { return e.message } }',
  ],
  [
    'async: loops and labels',
    'exports.run = async () => { const r = []; outer: for (const a of [1, 2, 3]) { for (const b of [1, 2]) { await null; if (b === 2) continue outer; if (a === 3) break outer; r.push([a, b]) } } let i = 0; while (await (i < 2)) i++; do await i++; while (i < 5); return [r, i] }',
  ],
  [
    'async: switch',
    'const f = async (x) => { switch (await x) { case await 1: await null; log("one"); case 2: await null; default: log("d"); await x } return x }\nexports.run = async () => [await f(1), await f(2)]',
  ],
  [
    'async: for await',
    'async function* g() { yield 1; yield 2 }\nexports.run = async () => { const r = []; for await (const x of g()) r.push(x); for await (const x of[3, Promise.resolve(4)]) { r.push(x) } for await (const x of g()) ; for await (const x of await g()) { for await (const y of [x]) r.push(y) } outer: for await (const x of g()) { if (x) break outer } return r }',
  ],
  [
    'async: generators',
    'async function* g(n) { for (let i = 0; i < n; i++) { const got = yield i; if (got) return got } }\nexports.run = async () => { const i = g(3); const r = [await i.next(), await i.next("stop"), await i.next()]; for await (const x of g(2)) r.push(x); async function* d() { yield* g(2); return 7 } r.push(await d().next()); return r }',
  ],
  [
    'async: generator closed early',
    'async function* g() { try { yield 1; yield 2 } finally { await null; log("closed") } }\nexports.run = async () => { for await (const x of g()) { log(x); break } }',
  ],
  [
    'async: thenables',
    'const t = { then(resolve) { log("then"); resolve(7) } }\nexports.run = async () => { const f = async () => t; return [await t, await f()] }',
  ],
  [
    'async: promise subclasses and identity',
    'exports.run = async () => { const p = Promise.resolve(1); const f = async () => p; const a = f(); return [a === p, await Promise.all([p, a])] }',
  ],
  [
    'async: using',
    'exports.run = async () => { const res = (n) => ({ [Symbol.dispose]() { log("d" + n) }, async [Symbol.asyncDispose]() { log("a" + n) } }); { using a = res(1); await using b = res(2), c = res(3); log("body"); await null } return "end" }',
  ],
  [
    'async: statement that is an await in parentheses',
    'exports.run = async () => { (await log("a")); void await log("b"); await (log("c")); await await log("d") }',
  ],
  [
    'async: awaits in conditions',
    'const id = async (x) => x\nexports.run = async () => { if (await id(0)) log(1); else if (await id(1)) log(2); return (await id(1)) ? await id("y") : await id("n") }',
  ],
  [
    'async: directive',
    'exports.run = async function () { "use strict"\n await null\n return this === undefined || typeof this }',
  ],
  [
    'async: rejected without a handler for a while',
    'exports.run = async () => { const p = Promise.reject(new Error("late")); await null; await null; return p.catch((e) => e.message) }',
  ],
  [
    'async: Promise.all over callbacks',
    'exports.run = async () => Promise.all([3, 1, 2].map(async (x) => { for (let i = 0; i < x; i++) await null; log(x); return x }))',
  ],
  ['hidden names', 'const $f = 1, $f_ = 2; var $fr = 3\nexports.run = async () => [$f, $f_, $fr, await $fr]'],
  [
    'names in escapes',
    'const \\u0024fF = 1\nexports.run = async () => $f1() + (await \\u{24}fF); function $f1() { return 1 }',
  ],
  [
    'comments of coverage tools',
    'exports.run = () => {\n  let a = {}\n  /* istanbul ignore next */\n  if (a) a = 2\n  const b = a /* v8 ignore next */\n  /* c8 ignore next */ /* other */\n  log(b)\n  return /* istanbul ignore next */ a ? 1 : 2\n}',
  ],
  [
    'comments of bundlers',
    'const f = (x) => x\nexports.run = async () => { /* @__PURE__ */ log(1); const a = /* #__PURE__ */ f(2); return await /* @__PURE__ */ f(a) }',
  ],
  [
    'async arrow with a hint on its own line',
    'exports.run = async () =>\n  // istanbul ignore next\n  await Promise.resolve(3)',
  ],
  [
    'comma, void, delete, in',
    'exports.run = () => { let o = { a: 1 }; void delete o.a, log("a" in o); for (var i = 0, j = 5; i < j; i++, j--); return [i, j] }',
  ],
  ['sloppy function in a branch', 'exports.run = () => { if (true) function f() { return 1 } return f() }'],
  [
    'object getters with effects',
    'exports.run = () => { let n = 0; const o = { get x() { return ++n }, set x(v) { n = v } }; o.x = 5; return [o.x, o.x] }',
  ],
  [
    'proxies and symbols',
    'exports.run = () => { const o = { [Symbol.iterator]: function* () { yield 1 }, [Symbol.toPrimitive](h) { return h }, toString() { return "s" } }; return [[...o], `${o}`, +o === +o] }',
  ],
  [
    'recursion and mutual recursion',
    'const even = (n) => n === 0 ? true : odd(n - 1), odd = (n) => n === 0 ? false : even(n - 1)\nexports.run = () => [even(10), odd(7)]',
  ],
  [
    'currying and immediate calls',
    'exports.run = () => [(() => 1)(), (function () { return 2 })(), (function () { return 3 }()), !function () { log(4) }(), new (class { v = 5 })().v]',
  ],
  [
    'enum, namespace, parameter properties',
    'enum E { A = 1, B = A << 2, C = "x".length }\nnamespace N { export const v = 5; export function f(): number { return v } export namespace M { export const g = () => f() } }\nclass P { constructor(private readonly a: number, public b = a + 1) { log(a) } get() { return this.a } }\nclass Q extends P { c = this.b; constructor() { super(3) } }\nexport const run = () => [E.B, E.C, N.f(), N.M.g(), new P(1).get(), new Q().b, new Q().c]',
    'ts',
  ],
  [
    'assertions, satisfies, non-null',
    'const f = async <T,>(x: T): Promise<T> => x\nexport const run = async () => { const a = (await f(1))! as number; const b = <number>(await f(2)); const c = { d: 1 } satisfies object as { d: number }; return (await f([a, b, c.d!] as const)) as readonly number[] }',
    'ts',
  ],
  [
    'overloads, abstract, declare, this parameter',
    'function f(a: string): string\nfunction f(a: number): number\nfunction f(this: void, a: unknown) { return a }\nabstract class A { abstract m(): number; declare x: number; n?(): void; o!: string; p(this: A) { return this.m() } }\nclass B extends A { override m() { return 4 } }\nexport const run = () => [f(1), new B().p(), "x" in new B()]',
    'ts',
  ],
  [
    'decorators',
    'const seen: string[] = []\nconst d = (name: string) => (_: unknown, __?: unknown) => { seen.push(name) }\nexport const run = () => { @d("class") class A { @d("method") m() { return 1 } @d("field") f = 2; @d("static") static s() { return 3 } } return [seen, new A().m(), new A().f, A.s()] }',
    'ts',
  ],
  [
    'accessor',
    'let n = 0; const next = () => ++n\nexport const run = () => { class A { accessor a = next(); static accessor b = next() } const a = new A(); a.a += 10; return [a.a, A.b] }',
    'ts',
  ],
  [
    'legacy decorators of parameters',
    'const inject = (f: () => string) => (_: unknown, __: unknown, i: number) => { log(f() + i) }\nexport const run = async () => { const v = "v"; class A { constructor(@inject(() => v) readonly a: string, b?: string) { log(String(b)) } } return new A("x").a }',
    'ts',
  ],
  [
    'JSX',
    '/** @jsx h */\nconst h = (t: unknown, p: object | null, ...c: unknown[]) => typeof t === "function" ? t(p) : [t, p && Object.keys(p), c]\nconst C = ({ on }: { on: () => number }) => on()\nexport const run = () => <a b={() => 1}>text return await; {[1, 2].map((x) => <i>{x}</i>)} <C on={() => 7} /></a>',
    'tsx',
  ],
]

/** `tick` logs microtasks beside; the order of everything logged must stay the same. */
export const orderCases: readonly Case[] = [
  ['await of a value', 'exports.run = async () => { log(0); await 1; log(1); await 2; log(2) }'],
  [
    'await of a promise, a thenable, an async call',
    'const f = async () => { log("f") }; const t = { then(r) { log("then"); r() } }\nexports.run = async () => { await Promise.resolve(); log(1); await t; log(2); await f(); log(3); await Promise.resolve(f()); log(4) }',
  ],
  ['return of a value', 'const f = async () => 1\nexports.run = () => f().then(log)'],
  ['return of a promise', 'const f = async () => Promise.resolve(1)\nexports.run = () => f().then(log)'],
  [
    'return await of a promise',
    'const f = async () => { return await Promise.resolve(1) }\nexports.run = () => f().then(log)',
  ],
  ['arrow with await', 'const f = async () => await Promise.resolve(1)\nexports.run = () => f().then(log)'],
  [
    'end of a function',
    'const f = async () => { await null }\nconst g = async () => {}\nexports.run = () => Promise.all([f().then(() => log("f")), g().then(() => log("g"))])',
  ],
  [
    'race of branches',
    'const f = async (n) => { for (let i = 0; i < 4; i++) { await null; log(n + i) } }\nexports.run = () => Promise.all(["a", "b", "c"].map(f))',
  ],
  [
    'throws',
    'const f = async () => { throw new Error("x") }\nconst g = async () => { try { await f() } catch { log("c") } finally { log("f"); await null; log("f2") } log("e") }\nexports.run = () => Promise.all([g(), f().catch(() => log("d"))])',
  ],
  [
    'for await of an async generator',
    'async function* g() { yield 1; await null; yield 2; return 3 }\nexports.run = async () => { for await (const x of g()) log(x); log("e") }',
  ],
  [
    'for await of promises',
    'exports.run = async () => { for await (const x of [1, Promise.resolve(2), { then: (r) => r(3) }]) { log(x) } }',
  ],
  [
    'for await left early',
    'async function* g() { try { yield 1; yield 2 } finally { log("f"); await null; log("f2") } }\nexports.run = async () => { for await (const x of g()) { log(x); break } log("e") }',
  ],
  [
    'async generator that returns a promise',
    'async function* g() { return Promise.resolve(1) }\nexports.run = async () => { const i = g(); log(await i.next()); log(await i.next()) }',
  ],
  [
    'async generator driven by hand',
    'async function* g() { log("a"); const x = yield 1; log(x); yield* [2, 3]; yield Promise.resolve(4) }\nexports.run = async () => { const i = g(); const ps = [i.next(), i.next("x"), i.next(), i.next(), i.return(9)]; ps.forEach((p, n) => p.then((v) => log(n, v.value))); await Promise.all(ps) }',
  ],
  [
    'thenable jobs',
    'exports.run = async () => { const t = (n) => ({ then(r) { log("t" + n); r(n) } }); const a = (async () => t(1))(); const b = (async () => { const v = await t(2); log(v) })(); await Promise.all([a.then(log), b]) }',
  ],
  [
    'await using',
    'exports.run = async () => { { await using a = { async [Symbol.asyncDispose]() { log("d"); await null; log("d2") } }; log("b"); await null; log("b2") } log("e") }',
  ],
  [
    'nested awaits on one line',
    'const f = async (x) => { await null; log("f" + x); return x }\nexports.run = async () => { log(await f(await f(1)) + (await f(2))) }',
  ],
  [
    'queueMicrotask beside',
    'exports.run = async () => { queueMicrotask(() => log("m1")); await null; queueMicrotask(() => log("m2")); log("a"); await (async () => { await null; log("i") })(); log("z") }',
  ],
  [
    'conditional awaits',
    'exports.run = async () => { for (const x of [0, 1, 0, 1]) { if (x) await x; log(x) } await (0 || null); log("e") }',
  ],
  [
    'promise constructor and then chains',
    'exports.run = () => new Promise((r) => { log("x"); r(Promise.resolve(1)) }).then((v) => { log(v); return (async () => 2)() }).then(log)',
  ],
  [
    'Promise.race and allSettled',
    'const s = async (n, v) => { for (let i = 0; i < n; i++) await null; if (v < 0) throw v; return v }\nexports.run = async () => { log(await Promise.race([s(3, 1), s(2, 2)])); log((await Promise.allSettled([s(1, -1), s(4, 4)])).map((r) => r.status).join()) }',
  ],
  [
    'class with async methods',
    'class A { async m() { await null; log("m"); return this } async n() { log("n"); return (await this.m()).k() } k() { log("k"); return 5 } }\nexports.run = async () => { log(await new A().n()) }',
  ],
  [
    'finally that returns',
    'const f = async () => { try { return await Promise.reject(1) } catch (e) { log(e); return 2 } finally { log("f") } }\nexports.run = () => f().then(log)',
  ],
  [
    'sync callbacks in async code',
    'exports.run = async () => { await null; [1, 2].forEach((x) => { log(x); Promise.resolve().then(() => log("t" + x)) }); await null; log("e") }',
  ],
]
