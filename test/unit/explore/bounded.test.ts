import { expect, test } from 'vitest'
import { lookAround, observeIo } from '../../../src/clock/io-observer.ts'
import { VirtualClock } from '../../../src/clock/virtual-clock.ts'
import { bounded } from '../../../src/explore/bounded.ts'
import { execution } from '../../../src/model/context.ts'

test('that a function of the user is awaited leaves no doubt whether something real goes on', async () => {
  const clock = new VirtualClock({ nowMs: () => 0, advanceTo: () => {} })
  const stop = observeIo()
  try {
    const context = { clock, random: () => 0 }
    const before = lookAround(clock, performance.now(), { idleMs: 20, ioSilenceMs: 1_000 }).certain
    const value = await execution.run(context, () => bounded('setup', async () => 7))
    expect(value).toBe(7)
    expect(lookAround(clock, performance.now(), { idleMs: 20, ioSilenceMs: 1_000 }).certain).toBe(before)
    expect(before).toBe(true)
  } finally {
    stop()
  }
})
