import { seededRandom, VirtualClock, type VirtualClockOptions } from '../../../src/clock/index.ts'
import { type ContextDelivery, execution } from '../../../src/model/context.ts'

export const startMs: number = Date.UTC(2026, 0, 1)

/** Virtual time without a queue. */
export class PlainTime {
  ms: number = startMs

  nowMs(): number {
    return this.ms
  }

  advanceTo(ms: number): void {
    this.ms = Math.max(this.ms, ms)
  }
}

/** A delivery that knows its timers and can die. */
export class PlainDelivery implements ContextDelivery {
  dead = false
  readonly timers: object[] = []

  enqueuePoint(): undefined {}

  ownTimer(timer: object): void {
    this.timers.push(timer)
  }

  timerFired(_timer: object): void {}
}

/** A clock of its own, and a function that runs code in its context. */
export function makeContext(options?: VirtualClockOptions): {
  clock: VirtualClock
  delivery: PlainDelivery
  inside: <R>(fn: () => R) => R
  sleep: (delayMs: number) => Promise<void>
  elapsedMs: () => number
} {
  const clock = new VirtualClock(new PlainTime(), options)
  const delivery = new PlainDelivery()
  return {
    clock,
    delivery,
    inside: (fn) => execution.run({ clock, random: seededRandom('test'), delivery }, fn),
    sleep: (delayMs) => new Promise((resolve) => void clock.setTimer(resolve, delayMs, false)),
    elapsedMs: () => clock.nowMs() - startMs,
  }
}
