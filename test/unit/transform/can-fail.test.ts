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

describe('a collection of the source cannot fail', () => {
  test('a variable, also of the module; a field, private or not', () => {
    const source = `const rates = new Map<string, number>()
class Outgoing {
  readonly #sent = new Set<string>()
  waiting: string[] = []
  async send(key: string) {
    if (this.#sent.has(key)) return
    this.#sent.add(key)
    this.waiting.push(key)
    rates.set(key, 1)
    this.waiting = []
    await post(key)
  }
}`
    expect(failing(source)).toEqual([11])
  })

  test('nor does listening to an emitter of the source', () => {
    const source = `const bus = new EventEmitter()
function say(socket) {
  bus.once('said', () => {})
  bus.removeAllListeners()
  socket.once('said', () => {})
  bus.emit('said')
}`
    expect(failing(source)).toEqual([5, 6])
  })

  test('what may be something else by that name can', () => {
    const source = `const rates = new Map()
let open = []
class Loader {
  #rows = []
  load(rates) {
    rates.get('EUR')
    this.#rows.push(1)
    open.push(1)
    other.rows.push(1)
  }
  reset(rows) {
    this.#rows = rows
    open = rows
  }
}`
    expect(failing(source)).toEqual([6, 7, 8, 9])
  })
})

describe('nobody looks at the answer', () => {
  test('an async function of the same source throws at nobody', () => {
    const source = `async function beat() {
  await ping()
}
const flush = async () => { await ping() }
class Loader {
  async #flush() {
    await ping()
  }
  start() {
    setTimeout(() => this.#flush(), 10)
    setInterval(() => {
      void this.#flush()
      beat()
      flush()
    }, 10)
  }
}`
    expect(failing(source)).toEqual([2, 4, 7])
  })

  test('one that is awaited, returned or not async can', () => {
    const source = `async function beat() {
  await ping()
}
function sync() {
  return 1
}
async function all(flush) {
  await beat()
  sync()
  flush()
  return beat()
}`
    expect(failing(source)).toEqual([2, 8, 9, 10, 11])
  })

  test('what rejects goes to its handler, where nothing else could catch it', () => {
    const source = `function start(beat) {
  setInterval(() => {
    beat().catch((error) => console.error(error))
    beat().then(go, () => {})
    void beat().catch(console.error)
    beat(parse()).catch(console.error)
    beat().then(go)
  }, 10)
}
async function run(beat) {
  beat().catch(console.error)
}`
    expect(failing(source)).toEqual([6, 7, 11])
  })

  test('settling a promise that somebody holds', () => {
    const source = `function end(waiting, error) {
  for (const waiter of waiting) waiter.reject(error)
  waiting.first.resolve(1)
  const found = waiting.resolve(1)
}`
    expect(failing(source)).toEqual([4])
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
