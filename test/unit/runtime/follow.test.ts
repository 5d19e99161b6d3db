import { expect, test } from 'vitest'
import { follow, shared, switchOff, switchOn } from '../../../src/runtime/index.ts'

test('whoever ends first does not switch the other off', () => {
  const unfollow = follow()
  switchOn()
  unfollow()
  expect(shared.on).toBe(true)
  switchOff()
  expect(shared.on).toBe(false)
  switchOn()
  const again = follow()
  switchOff()
  expect(shared.on).toBe(true)
  again()
  expect(shared.on).toBe(false)
})
