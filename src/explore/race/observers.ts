import { bounded } from '../bounded.ts'
import { type ServerWait, type WaitObserver, type WaitProbe, waitProbes } from './probes/index.ts'
import type { Racer, Wait } from './racer.ts'

/** What the servers say about the racers. */
export interface Answer {
  readonly waits: ReadonlyMap<Racer, Wait>
  /** Those for whom a server works right now. */
  readonly busy: ReadonlySet<Racer>
}

/** A connection that is of no racer: the test's, or one of the server's own. */
export const stranger = 'a connection of no racer'

/** Who can tell about the racers of one race. */
export interface Witness {
  ask(): Promise<Answer>
  /** Who waited for whom, where an error says that this was a deadlock. */
  deadlock(error: unknown): ReadonlyMap<Racer, Wait> | undefined
}

interface Asked {
  readonly probe: WaitProbe
  readonly observer: WaitObserver
  readonly racers: readonly Racer[]
}

/** Asks the servers behind the racers' connections who waits for whom; one connection a kind, for all races. */
export class Observers {
  readonly #open = new Map<string, WaitObserver>()

  /** What to ask for these racers; `undefined`: nobody can tell. */
  async of(racers: readonly Racer[]): Promise<Witness | undefined> {
    const asked: Asked[] = []
    for (const probe of waitProbes) {
      const known = racers.filter(({ connection }) => probe.accepts(connection))
      const [first] = known
      if (first === undefined) continue
      let observer = this.#open.get(probe.name)
      if (observer === undefined) {
        observer = await bounded('A second connection to the database', () => probe.open(first.connection))
        this.#open.set(probe.name, observer)
      }
      asked.push({ probe, observer, racers: known })
    }
    if (asked.length === 0) return undefined
    const deadlock = (error: unknown): ReadonlyMap<Racer, Wait> | undefined => {
      for (const { probe, racers: known } of asked) {
        const told = probe.deadlock(
          error,
          known.map(({ connection }) => connection),
        )
        if (told !== undefined) return waitsOf(told, known)
      }
      return undefined
    }
    const ask = async (): Promise<Answer> => {
      const waits = new Map<Racer, Wait>()
      const busy = new Set<Racer>()
      for (const { observer, racers: known } of asked) {
        const answers = await observer.waits(known.map(({ connection }) => connection))
        for (const [index, answer] of answers.entries()) if (answer === 'busy') busy.add(known[index]!)
        const told = answers.map((answer) => (answer === 'busy' ? undefined : answer))
        for (const [racer, wait] of waitsOf(told, known)) waits.set(racer, wait)
      }
      return { waits, busy }
    }
    return { ask, deadlock }
  }

  /** Ends the session of a connection at once: its locks are free then. */
  async cut(connection: unknown): Promise<void> {
    for (const probe of waitProbes) {
      const observer = this.#open.get(probe.name)
      if (observer === undefined || !probe.accepts(connection)) continue
      try {
        await bounded('Ending a session', () => observer.cut(connection))
      } catch {
        // A role that may not, or a server that is gone: the connection is closed anyway.
      }
    }
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()]
    this.#open.clear()
    for (const observer of open) await bounded('Closing a connection', () => observer.close())
  }
}

function waitsOf(told: readonly (ServerWait | undefined)[], racers: readonly Racer[]): Map<Racer, Wait> {
  const waits = new Map<Racer, Wait>()
  for (const [index, wait] of told.entries()) {
    if (wait === undefined) continue
    const by = wait.by.map((position) => racers[position]?.letter ?? stranger)
    waits.set(racers[index]!, { by, certain: true, ...(wait.what === undefined ? {} : { what: wait.what }) })
  }
  return waits
}
