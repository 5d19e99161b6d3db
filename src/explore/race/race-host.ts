import type { Answer } from './observers.ts'
import type { Held, Racer, Wait } from './racer.ts'

/** What the scheduler needs of the race around it. */
export interface RaceHost {
  /** Starts the next delivery of a racer; time passes until it is due. */
  start(racer: Racer): void
  /** Jobs that a delivery of the racer has enqueued get an owner. */
  adopt(racer: Racer): Promise<void>
  /** When its next timer fires, or its next job is due; `undefined`: it does not wait for time. */
  wakesAtMs(racer: Racer): number | undefined
  /** Whether any virtual timer is pending. */
  readonly hasTimers: boolean
  /** Virtual time may pass from now on, or not. */
  letTimePass(passes: boolean): void
  /** Asks whoever can tell, for instance the database, who waits for whom; `undefined`: nobody can tell. */
  readonly ask: (() => Promise<Answer>) | undefined
  /** Who waited for whom, where an error says that this was a deadlock. */
  deadlocked(error: unknown): ReadonlyMap<Racer, Wait> | undefined
  /** A racer is set aside. */
  setAside(racer: Racer, wait: Held): void
}
