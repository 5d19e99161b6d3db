import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FaultlineError } from '../../../src/model/error.ts'
import { copyPayload, crossBroker } from '../../../src/queue/payload.ts'

const ALLOWED =
  'which does not come back equal from JSON; allowed are null, booleans, finite numbers, strings, arrays and plain ' +
  'objects of these, valid Dates (they arrive as ISO strings), and objects of your own whose toJSON() returns one of these.\n' +
  '  hint: Send an id and load the rest in the job, or convert the value before it is enqueued.'

class Money {
  readonly cents = 5
}

class Price {
  readonly cents = 5
  toJSON(): unknown {
    return { cents: this.cents, at: new Date(0) }
  }
}

class Address extends URL {}

class Link extends URL {
  override toJSON(): never {
    return { href: this.href } as never
  }
}

function refusal(payload: unknown): string {
  try {
    crossBroker(payload)
  } catch (error) {
    if (error instanceof FaultlineError && error.code === 'FAULTLINE_PAYLOAD') return error.message
    throw error
  }
  throw new Error('it crossed')
}

describe('what cannot cross', () => {
  const cycle: Record<string, unknown> = { name: 'a' }
  cycle.self = { again: [cycle] }
  let deep: unknown = 1n
  for (let depth = 0; depth < 100; depth++) deep = [deep]
  test.each([
    ['NaN', { items: [{}, {}, { price: Number.NaN }] }, 'payload.items[2].price', 'NaN'],
    ['Infinity', -1 / 0, 'payload', '-Infinity'],
    ['BigInt', { 'order id': 5n }, 'payload["order id"]', 'the BigInt 5n'],
    ['Map', { tags: new Map() }, 'payload.tags', 'a Map'],
    ['Set', [new Set()], 'payload[0]', 'a Set'],
    ['bytes', { data: new Uint8Array(2) }, 'payload.data', 'a Uint8Array'],
    ['Buffer', { data: Buffer.from('x') }, 'payload.data', 'a Buffer'],
    ['floats', [new Float64Array(1)], 'payload[0]', 'a Float64Array'],
    ['a DataView', [new DataView(new ArrayBuffer(1))], 'payload[0]', 'a DataView'],
    ['URL', { url: new URL('http://a.b/c') }, 'payload.url', 'a URL'],
    ['subclass of URL', [new Address('http://a.b/c')], 'payload[0]', 'an instance of Address'],
    [
      'array with more than items',
      { list: Object.assign([1], { total: 1 }) },
      'payload.list.total',
      'a member of an array beside its items',
    ],
    ['match of a pattern', [/a/.exec('a')], 'payload[0].index', 'a member of an array beside its items'],
    [
      'array with a member under a symbol',
      Object.assign([1], { [Symbol('x')]: 1 }),
      'payload[Symbol(x)]',
      'a member under a symbol',
    ],
    ['class instance', { price: new Money() }, 'payload.price', 'an instance of Money'],
    ['boxed value', { n: Object(5) }, 'payload.n', 'a Number'],
    ['function', { done: () => 1 }, 'payload.done', 'the function done'],
    ['symbol', { kind: Symbol('x') }, 'payload.kind', 'Symbol(x)'],
    ['member under a symbol', { [Symbol('x')]: 1 }, 'payload[Symbol(x)]', 'a member under a symbol'],
    ['undefined in an array', { list: [1, undefined] }, 'payload.list[1]', 'undefined'],
    // biome-ignore lint/suspicious/noSparseArray: that is the case
    ['empty slot', { list: [1, , 2] }, 'payload.list[1]', 'an empty slot of an array'],
    ['invalid Date', { at: new Date(Number.NaN) }, 'payload.at', 'an invalid Date'],
    ['cycle', cycle, 'payload.self.again[0]', 'a cycle: it is one of the objects that hold it'],
    ['something deep', deep, `payload${'[0]'.repeat(100)}`, 'the BigInt 1n'],
    ['Error', { error: new TypeError('x') }, 'payload.error', 'a TypeError'],
    ['promise', Promise.resolve(1), 'payload', 'a Promise'],
    [
      'array of a subclass',
      { list: new (class Stack extends Array {})() },
      'payload.list',
      'an instance of Stack',
    ],
    [
      'toJSON to nothing',
      { a: { toJSON: () => undefined } },
      'payload.a',
      'an object whose toJSON() returned undefined',
    ],
    ['toJSON to what cannot cross', { a: { toJSON: () => ({ b: 1n }) } }, 'payload.a.b', 'the BigInt 1n'],
  ])('%s', (_what, payload, path, what) => {
    expect(refusal(payload)).toBe(`${path} cannot cross the queue: it is ${what}, ${ALLOWED}`)
  })

  test('a toJSON that throws is the cause', () => {
    const cause = new Error('no')
    const broken = {
      a: {
        toJSON() {
          throw cause
        },
      },
    }
    expect(() => crossBroker(broken)).toThrow(expect.objectContaining({ code: 'FAULTLINE_PAYLOAD', cause }))
  })
})

describe('what crosses', () => {
  const shared = { n: 1 }
  test.each([
    ['nothing', undefined, undefined],
    ['a Date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['an undefined member', { a: 1, b: undefined }, { a: 1 }],
    ['-0', [-0], [0]],
    ['toJSON', [new Price()], [{ cents: 5, at: '1970-01-01T00:00:00.000Z' }]],
    ['an empty array', [[]], [[]]],
    ['an array with a toJSON of its own', [Object.assign([1], { toJSON: () => 'one' })], ['one']],
    ['a link with a toJSON of its own', [new Link('http://a.b/c')], [{ href: 'http://a.b/c' }]],
    ['no prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a key named __proto__', JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"x":1}}')],
    ['the same object twice', [shared, shared], [{ n: 1 }, { n: 1 }]],
  ])('%s', (_what, payload, expected) => {
    expect(crossBroker(payload)).toStrictEqual(expected)
  })

  test('JSON crosses as it is, and is copied', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const crossed = crossBroker(value)
        expect(crossed).toStrictEqual(JSON.parse(JSON.stringify(value)))
        expect(copyPayload(crossed)).toStrictEqual(crossed)
        if (typeof value === 'object' && value !== null) expect(crossed).not.toBe(value)
      }),
    )
  })

  test('any value either comes back equal or is refused', () => {
    const anything = fc.anything({
      withBigInt: true,
      withMap: true,
      withSparseArray: true,
      withDate: true,
      withTypedArray: true,
    })
    fc.assert(
      fc.property(anything, (value) => {
        let crossed: unknown
        try {
          crossed = crossBroker(value)
        } catch (error) {
          expect(error).toMatchObject({ code: 'FAULTLINE_PAYLOAD' })
          return
        }
        const json = JSON.stringify(value)
        expect(crossed).toStrictEqual(json === undefined ? undefined : JSON.parse(json))
      }),
    )
  })
})
