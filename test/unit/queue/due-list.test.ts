import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Due, DueList } from '../../../src/queue/due-list.ts'

const inOrder = (a: Due, b: Due): number => a.dueMs - b.dueMs || a.priority - b.priority || a.order - b.order

test('takes what a sorted array would give, whatever was added and taken before', () => {
  const due = fc.record({ dueMs: fc.nat(20), priority: fc.integer({ min: -1, max: 1 }) })
  const window = fc.record({ fromMs: fc.nat(20), untilMs: fc.nat(25) }, { requiredKeys: [] })
  const step = fc.oneof(
    { weight: 3, arbitrary: due.map((item) => ({ add: item })) },
    { weight: 2, arbitrary: window.map((take) => ({ take })) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const list = new DueList<Due>()
      const model: Due[] = []
      steps.forEach((next, order) => {
        if ('add' in next) {
          const item = { ...next.add, order }
          list.add(item)
          model.push(item)
          model.sort(inOrder)
        } else {
          const { fromMs = -1, untilMs = 99 } = next.take
          const index = model.findIndex((item) => item.dueMs >= fromMs && item.dueMs <= untilMs)
          expect(list.take(next.take)).toBe(index < 0 ? undefined : model.splice(index, 1)[0])
        }
        expect(list.size).toBe(model.length)
      })
      expect(list.list()).toEqual(model)
    }),
  )
})

test('many items keep their order while they come and go', () => {
  const list = new DueList<Due>()
  let order = 0
  const taken: number[] = []
  for (let round = 0; round < 3_000; round++) {
    list.add({ dueMs: round, priority: 0, order: order++ })
    list.add({ dueMs: round + 1_000, priority: 0, order: order++ })
    taken.push(list.take()!.dueMs)
  }
  expect(taken).toEqual(taken.toSorted((a, b) => a - b))
  expect(list.size).toBe(3_000)
  list.clear()
  expect(list.take()).toBeUndefined()
})
