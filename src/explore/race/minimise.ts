import type { RaceResult } from '../../model/race.ts'

/** Races that a reduction may take. */
const triesMax = 60

/**
 * A failing schedule with as few preemptions as can be found: a work that was interrupted carries on for as long as it
 * can, and the schedule is kept if it fails for the same reason.
 */
export async function minimise(
  failing: RaceResult,
  run: (schedule: string) => Promise<RaceResult>,
): Promise<RaceResult> {
  let least = failing
  let tries = 0
  for (let reduced = true; reduced && least.preemptions > 1; ) {
    reduced = false
    for (const candidate of candidates(least.schedule)) {
      if (++tries > triesMax) return least
      const result = await run(candidate)
      if (result.outcome !== 'failed' || result.reason !== failing.reason) continue
      if (result.preemptions >= least.preemptions) continue
      least = result
      reduced = true
      break
    }
  }
  return least
}

/** For each interruption the schedule without it: what the work did later, it does at once. */
function* candidates(schedule: string): Generator<string> {
  const blocks = schedule.match(/(.)\1*/g) ?? []
  for (let at = 0; at < blocks.length; at++) {
    const letter = blocks[at]![0]!
    const later = blocks.findIndex((block, index) => index > at && block[0] === letter)
    if (later < 0) continue
    const merged = [...blocks]
    const [moved] = merged.splice(later, 1)
    merged[at] += moved!
    yield merged.join('')
  }
}
