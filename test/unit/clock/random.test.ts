import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../src/clock/index.ts'
import { uuidOf } from '../../../src/clock/random.ts'

const take = (seed: string | number, count: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => random())
}

test('a stream depends on its seed only', () => {
  expect(take('7/charge-1/1', 5)).toEqual(take('7/charge-1/1', 5))
  expect(take(7, 5)).toEqual(take('7', 5))
  expect(take(1, 3)).toMatchInlineSnapshot(`
    [
      0.3081664853860775,
      0.5187102496590177,
      0.6319739534963973,
    ]
  `)
})

test('close seeds have nothing in common', () => {
  const firsts = Array.from({ length: 200 }, (_, seed) => take(seed, 1)[0]!)
  expect(new Set(firsts).size).toBe(200)
  expect(firsts.reduce((sum, value) => sum + value) / 200).toBeCloseTo(0.5, 1)
})

test('floats in [0, 1), and version 4 UUIDs', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      for (const float of take(seed, 20)) expect(float >= 0 && float < 1).toBe(true)
      expect(uuidOf(seededRandom(seed))).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      )
    }),
  )
})
