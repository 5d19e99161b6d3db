import { FaultlineError } from '../../model/error.ts'
import type { Racer, Wait } from './racer.ts'
import { waitingAt } from './waiting-at.ts'

/** All racers wait for each other. */
export function deadlockError(waits: ReadonlyMap<Racer, Wait>): FaultlineError {
  const certain = [...waits.values()].every((wait) => wait.certain)
  const lines = [...waits].map(([racer, wait]) => `  ${waitInWords(racer, wait)}`)
  return new FaultlineError('FAULTLINE_DEADLOCK', {
    message: `${certain ? 'Deadlock' : 'Potential deadlock'}: nobody can go on.\n${lines.join('\n')}`,
    hint:
      certain && waits.size === 1
        ? 'Who holds it has ended, and left its transaction open or its lock held: end it in a `finally`.'
        : certain
          ? 'Take the locks in the same order everywhere, or take one lock for both.'
          : 'Nothing could tell who waits for whom, only that nobody went on; with `connect` and Postgres the database is asked. If they are just slow, raise `blockedAfterMs`.',
  })
}

/** `A waits for B at src/jobs/charge.ts:14`. */
export function waitInWords(racer: Racer, { by, what }: Wait): string {
  const whom = by.length === 0 ? 'for something that does not come' : `for ${by.join(' and ')}`
  const where = waitingAt(racer)
  return `${racer.letter} waits ${whom}${what === undefined ? '' : ` (${what})`}${where === '' ? '' : ` at ${where}`}`
}
