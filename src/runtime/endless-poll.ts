import { FaultlineError } from '../model/error.ts'
import type { Delivery } from './delivery.ts'
import { placesOf } from './places.ts'
import { suspended } from './suspended.ts'

/** The error of a delivery that sleeps and looks again, for ever. */
export function endlessPoll(delivery: Delivery, fired: number, elapsedMs: number): FaultlineError {
  const last = suspended(delivery).at(-1)
  const place = last && placesOf(last.file!)[last.at]!
  const where = place && `; the last await was at ${place.file}:${place.line}`
  return new FaultlineError('FAULTLINE_RUNAWAY', {
    message: `${delivery.identity.jobId} never ends: ${fired} virtual timers fired in one delivery, ${inWords(elapsedMs)} of virtual time${where ?? ''}.`,
    hint: 'If it polls for a lock or a flag that a dead worker left behind: give the lock an expiry, or let `onCrash` release what dies with a worker.',
  })
}

/** `2 h 46 m`, `10 s`. */
function inWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.round(ms / 1000)} s`
  return minutes < 60 ? `${minutes} m` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`
}
