import type { RaceHost } from './race-host.ts'
import type { Racer } from './racer.ts'

/** How often in a row time may pass before a job is started that could have been. */
const napsMax = 100

/** Who can make the next step; racers are bits. */
interface Readiness {
  readonly ready: number
  /** Those of them that can go on at no one's cost. */
  readonly free: number
  /** All have ended. */
  readonly isOver: boolean
}

/**
 * Who can go on, now or after time has passed. Nobody is held in the middle of its work while time passes for another
 * one, unless a schedule wants that: who polls for a lock would never get it. A job that has not begun may wait.
 */
export function readiness(racers: readonly Racer[], host: RaceHost, naps: number): Readiness {
  let ready = 0
  let free = 0
  let asleep = 0
  let mayNap = naps < napsMax
  let isOver = true
  for (const racer of racers) {
    isOver &&= racer.ended || racer.absent
    if (!racer.isReady) continue
    ready |= 1 << racer.index
    if (racer.mayNap && host.wakesAtMs(racer) !== undefined) asleep |= 1 << racer.index
    else free |= 1 << racer.index
    mayNap &&= racer.parked.length === 0
  }
  if (asleep !== 0 && (mayNap || free === 0)) free |= 1 << firstAwake(racers, asleep, host)
  return { ready, free, isOver }
}

function firstAwake(racers: readonly Racer[], asleep: number, host: RaceHost): number {
  let first = -1
  let firstMs = Number.POSITIVE_INFINITY
  for (const racer of racers) {
    if ((asleep & (1 << racer.index)) === 0) continue
    const atMs = host.wakesAtMs(racer) ?? 0
    if (first >= 0 && atMs >= firstMs) continue
    first = racer.index
    firstMs = atMs
  }
  return first
}
