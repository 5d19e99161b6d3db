import type { Racer, Wait } from './racer.ts'

/** What the scheduler needs of the race around it. */
export interface RaceHost {
  /** Starts the next delivery of a racer; time passes until it is due. */
  start(racer: Racer): void
  /** Jobs that a delivery of the racer has enqueued get an owner. */
  adopt(racer: Racer): Promise<void>
  /** Whether one of its deliveries waits for a virtual timer. */
  isTimed(racer: Racer): boolean
  /** Whether any virtual timer is pending. */
  readonly hasTimers: boolean
  /** Virtual time may pass from now on, or not. */
  letTimePass(passes: boolean): void
  /** Asks whoever can tell, for instance the database, who waits for whom; `undefined`: nobody can tell. */
  readonly ask: (() => Promise<ReadonlyMap<Racer, Wait>>) | undefined
  /** A racer is set aside. */
  setAside(racer: Racer, wait: Wait): void
}

/** What was decided, step by step: which racers could go on, as bits, and which one did. */
export interface Decisions {
  readonly chosen: number[]
  readonly ready: number[]
}
