import { expect, test } from 'vitest'
import { createSwitch, journal } from '../../../src/journal/index.ts'

test('log writes a distinct item down once, push every time', () => {
  const notes = journal()
  notes.log({ to: 'a', tags: [1] })
  notes.log({ tags: [1], to: 'a' })
  notes.log({ to: 'b' })
  expect(notes.entries()).toEqual([{ to: 'a', tags: [1] }, { to: 'b' }])
  notes.push('x')
  notes.push('x')
  expect(notes.entries()).toEqual([{ to: 'a', tags: [1] }, { to: 'b' }, 'x', 'x'])
  expect(notes.size()).toBe(4)
  expect(notes.top()).toEqual({ to: 'a', tags: [1] })
})

test('without an item each call counts', () => {
  const notes = journal()
  notes.log()
  notes.log()
  notes.push()
  expect(notes.entries()).toEqual([1, 2, true])
})

test('scopes do not know each other', () => {
  const notes = journal()
  notes.log('x', 'mails')
  notes.log('x')
  notes.log(undefined, 'mails')
  expect([notes.size(), notes.size('mails'), notes.size('none'), notes.top('none')]).toEqual([
    1,
    2,
    0,
    undefined,
  ])
  notes.reset('mails')
  expect([notes.size(), notes.size('mails')]).toEqual([1, 0])
  notes.push('y', 'mails')
  notes.reset()
  expect([notes.size(), notes.size('mails')]).toEqual([0, 0])
})

test('entries are a copy', () => {
  const notes = journal()
  notes.entries().push('x')
  expect(notes.size()).toBe(0)
})

test('methods can be passed around', () => {
  const { push, size } = journal()
  for (const item of [1, 2]) push(item)
  expect(size()).toBe(2)
})

test('a switch', () => {
  const power = createSwitch()
  expect([power.isOn, power.isOff]).toEqual([false, true])
  power.on()
  expect([power.isOn, power.isOff]).toEqual([true, false])
  power.off()
  expect(power.isOn).toBe(false)
  expect(createSwitch(true).isOn).toBe(true)
})
