import { FaultlineError } from '../../model/error.ts'
import type { Finding } from '../../oracle/index.ts'
import type { Decisions } from '../strategies/strategy.ts'
import type { Racer, Wait } from './racer.ts'
import { waitingAt } from './waiting-at.ts'

/** The first deadlock of a race decides it: whom the database takes for its victim then is not the schedule's. */
export class Deadlock {
  finding: (Finding & { readonly reason: 'deadlock' }) | undefined
  /** How many decisions led to it. */
  steps: number = Number.POSITIVE_INFINITY
  readonly #decisions: Decisions

  constructor(decisions: Decisions) {
    this.#decisions = decisions
  }

  found(waits: ReadonlyMap<Racer, Wait>): void {
    if (this.finding !== undefined) return
    this.finding = { reason: 'deadlock', error: deadlockError(waits) }
    this.steps = this.#decisions.chosen.length
  }
}

/** Those who wait for each other in a ring with this one: nobody but the database can end that. */
export function ringOf(first: Racer, waits: ReadonlyMap<Racer, Wait>): ReadonlyMap<Racer, Wait> | undefined {
  const byLetter = new Map([...waits].map(([racer, wait]) => [racer.letter, { racer, wait }]))
  const seen = new Set<string>()
  const follow = (letter: string, way: readonly string[]): readonly string[] | undefined => {
    if (letter === first.letter && way.length > 0) return way
    if (seen.has(letter)) return undefined
    seen.add(letter)
    for (const by of byLetter.get(letter)?.wait.by ?? []) {
      const ring = follow(by, [...way, letter])
      if (ring !== undefined) return ring
    }
    return undefined
  }
  const ring = follow(first.letter, [])
  return ring && new Map([...waits].filter(([{ letter }]) => ring.includes(letter)))
}

/** All racers wait for each other. */
function deadlockError(waits: ReadonlyMap<Racer, Wait>): FaultlineError {
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
export function waitInWords(racer: Racer, { by, what, at }: Wait): string {
  const whom = by.length === 0 ? 'for something that does not come' : `for ${by.join(' and ')}`
  const where = at ?? waitingAt(racer)
  return `${racer.letter} waits ${whom}${what === undefined ? '' : ` (${what})`}${where === '' ? '' : ` at ${where}`}`
}
