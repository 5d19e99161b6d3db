import { describe, expect, test } from 'vitest'
import { transform } from '../../../src/transform/transform.ts'

/** The lines of the places where something can fail. */
function failing(source: string): number[] {
  const rows = transform(source, { file: 'case.ts', root: '/app' })?.points ?? []
  return [...new Set(rows.flatMap(([, line, , , flags]) => (flags & 1 ? [line] : [])))]
}

const body = (statement: string) => `function f(chunk, encoding, done) {\n${statement}\n}`

describe('telling of a result cannot fail', () => {
  test.for([
    'done()',
    'done(null, chunk)',
    'done(undefined)',
    'void ((error) => done(error))',
    'store(chunk).then(() => done(), done)',
    'store(chunk).then(save).then(() => done()).catch(done)',
    'store(chunk).catch((error) => done(error))',
    'chunk.then(() => done(), done)',
    'chunk.saved.catch(done)',
    'new Promise((go) => go()).then(() => done(), done)',
  ])('%s', (statement) => {
    expect(failing(body(statement))).toEqual([])
  })

  test('the callback of `final(done)`, and what settles a promise, also from a list', () => {
    expect(failing('function final(done) {\n  done()\n}')).toEqual([])
    const limiter = `const waiting = []
function wait() {
  return new Promise((go) => waiting.push(go))
}
function next() {
  waiting.shift()?.()
}
function all() {
  for (const go of waiting) go()
}
function one() {
  const last = waiting.pop()
  last?.()
}`
    expect(failing(limiter)).toEqual([])
  })
})

describe('all else can', () => {
  test.for([
    'done(chunk)',
    'store(chunk)',
    'store(chunk).then(() => done())',
    'store(parse(chunk)).then(() => done(), done)',
    'store(chunk).then(() => done(), handlerOf(chunk))',
    'encoding()',
    'new Store(chunk).then(() => done(), done)',
    'queue.shift()()',
  ])('%s', (statement) => {
    expect(failing(body(statement))).toEqual([2])
  })

  test('a task that an async function is given, and one that only stands where a callback would', () => {
    expect(failing('async function run(name, task) {\n  task()\n}')).toEqual([2])
    expect(failing('function run(task) {\n  task()\n}')).toEqual([2])
    expect(failing('function f(a, done) {\n  return (done) => {\n    done()\n  }\n}')).toEqual([])
    expect(failing('function f(a, done) {\n  return (done, b) => {\n    done()\n  }\n}')).toEqual([3])
  })
})
