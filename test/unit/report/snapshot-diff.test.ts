import { describe, expect, it } from 'vitest'
import { snapshotDiff } from '../../../src/report/snapshot-diff.ts'

describe('snapshotDiff', () => {
  it('shows the lines that differ and names the paths', () => {
    const order = { id: 1, lines: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], total: 10n }
    const diff = snapshotDiff(
      { orders: [{ ...order, paidAt: null }] },
      { orders: [{ ...order, paidAt: 7, extra: undefined }] },
    )
    expect(diff.paths).toEqual(['orders[0].paidAt', 'orders[0].extra'])
    expect(diff.text).toMatchInlineSnapshot(`
      "  {
          orders: [
            {
      +       extra: undefined,
              id: 1,
              lines: [
                "a",
        ⋮ 5 equal lines
                "g",
                "h",
              ],
      -       paidAt: null,
      +       paidAt: 7,
              total: 10n,
            },
          ],
        }"
    `)
  })

  it('takes states as equal whatever the order of keys, entries and members', () => {
    const a = {
      x: 1,
      y: new Map([
        ['k', 1],
        ['l', 2],
      ]),
      z: new Set([1, { b: 1, a: 2 }]),
    }
    const b = {
      z: new Set([{ a: 2, b: 1 }, 1]),
      y: new Map([
        ['l', 2],
        ['k', 1],
      ]),
      x: 1,
    }
    expect(snapshotDiff(a, b)).toEqual({ text: '', paths: [], looksGenerated: [] })
    expect(snapshotDiff(Number.NaN, Number.NaN).paths).toEqual([])
  })

  it.each([
    [{ a: undefined }, {}, ['a']],
    [1, '1', ['']],
    [0, -0, ['']],
    [[1, 2], [1], ['[1]']],
    [{ m: new Map([['k', { v: 1 }]]) }, { m: new Map([['k', { v: 2 }]]) }, ['m.k.v']],
    [{ s: new Set([1]) }, { s: new Set([2]) }, ['s.has(1)', 's.has(2)']],
    [new Date(0), new Date(1), ['']],
    [{ d: new Date(Number.NaN) }, { d: new Date(0) }, ['d']],
    [{ 'a b': 1 }, { 'a b': 2 }, ['a b']],
    [Buffer.from([1]), Buffer.from([2]), ['[0]']],
    [{ n: null }, { n: {} }, ['n']],
    [new Error('a'), new Error('b'), ['']],
  ])('finds where %o and %o differ', (expected, actual, paths) => {
    const diff = snapshotDiff(expected, actual)
    expect(diff.paths).toEqual(paths)
    expect(diff.text).toMatch(/^[-+] /m)
  })

  it('prints cycles, hostile getters and symbols', () => {
    const make = (value: number) => {
      const state: Record<PropertyKey, unknown> = { value, list: [] }
      state.self = state
      ;(state.list as unknown[]).push(state)
      Object.defineProperty(state, 'bad', {
        enumerable: true,
        get() {
          throw new Error('no')
        },
      })
      state[Symbol('s')] = Symbol('t')
      return state
    }
    const { paths, text } = snapshotDiff(make(1), make(2))
    expect(paths).toEqual(['value'])
    expect(text).toMatchInlineSnapshot(`
      "  ⋮ 4 equal lines
            [circular],
          ],
          self: [circular],
      -   value: 1,
      +   value: 2,
        }"
    `)
  })

  it.each([
    ['2026-01-05T09:00:00.000Z', '2026-01-05T09:00:30.000Z', true],
    ['2026-01-05 09:00:00+01', '2026-01-05 09:00:01+01', true],
    [new Date(0), new Date(1), true],
    [new Date(0), null, false],
    [1767603600000, 1767603630000, true],
    ['1767603600000', '1767603630000', true],
    [1, 2, false],
    ['3f1c9f0a-9d7c-4c53-8f55-0a54d7f6a001', '3f1c9f0a-9d7c-4c53-8f55-0a54d7f6a002', true],
    ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '01ARZ3NDEKTSV4RRFFQ69G5FAW', true],
    ['cjld2cjxh0000qzrmn831i7rn', 'cjld2cyuq0000t3rmniod1foy', true],
    ['tz4a98xxat96iws9zmbrgj3a', 'pfh0haxfpzowht3oi213cqos', true],
    ['V1StGXR8_Z5jdHi6B-myT', 'Uakgb_J5m9g-0JDMbcJqL', true],
    ['ch_3MmlLrLkdIwHu7ix0snN0B15', 'ch_3MmlLrLkdIwHu7ix0uNQz9q2', true],
    ['ch_3MmlLrLkdIwHu7ix0snN0B15', 're_3MmlLrLkdIwHu7ix0uNQz9q2', false],
    ['paid', 'unpaid', false],
  ])('tells whether %s and %s look generated', (a, b, generated) => {
    expect(snapshotDiff({ a }, { a: b }).looksGenerated).toEqual(generated ? ['a'] : [])
  })

  it('bounds what is huge', () => {
    const rows = (value: string) => Array.from({ length: 5000 }, (_, index) => ({ index, value }))
    const startMs = performance.now()
    const diff = snapshotDiff(rows('a'), rows('b'))
    expect(performance.now() - startMs).toBeLessThan(10_000)
    expect(diff.paths).toHaveLength(200)
    expect(diff.text.split('\n').length).toBeLessThan(100)
    let deep: unknown = 1
    for (let level = 0; level < 10_000; level++) deep = [deep]
    expect(snapshotDiff(deep, 1).paths).toEqual([''])
  })
})
