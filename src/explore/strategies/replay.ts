import { type Chooser, carryOn } from './strategy.ts'

/** Follows a schedule as far as possible; where a choice is not, whoever runs carries on. */
export function followSchedule(schedule: string): Chooser {
  const wanted = Array.from(schedule, (letter) => letter.charCodeAt(0) - 65)
  return (ready, running, step, free) => {
    const next = wanted[step]
    return next !== undefined && ready & (1 << next) ? next : carryOn(ready, running, step, free)
  }
}
