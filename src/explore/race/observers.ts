import { bounded } from '../bounded.ts'
import { type WaitObserver, waitProbes } from './probes/index.ts'
import type { Racer, Wait } from './racer.ts'

/** What the servers say about the racers. */
export interface Answer {
  readonly waits: ReadonlyMap<Racer, Wait>
  /** Those for whom a server works right now. */
  readonly busy: ReadonlySet<Racer>
}

/** A connection that is of no racer: the test's, or one of the server's own. */
export const stranger = 'a connection of no racer'

/** Asks the servers behind the racers' connections who waits for whom; one connection a kind, for all races. */
export class Observers {
  readonly #open = new Map<string, WaitObserver>()

  /** What to ask for these racers; `undefined`: nobody can tell. */
  async of(racers: readonly Racer[]): Promise<(() => Promise<Answer>) | undefined> {
    const asked: { readonly observer: WaitObserver; readonly racers: readonly Racer[] }[] = []
    for (const probe of waitProbes) {
      const known = racers.filter(({ connection }) => probe.accepts(connection))
      const [first] = known
      if (first === undefined) continue
      let observer = this.#open.get(probe.name)
      if (observer === undefined) {
        observer = await bounded('A second connection to the database', () => probe.open(first.connection))
        this.#open.set(probe.name, observer)
      }
      asked.push({ observer, racers: known })
    }
    if (asked.length === 0) return undefined
    return async () => {
      const waits = new Map<Racer, Wait>()
      const busy = new Set<Racer>()
      for (const { observer, racers: known } of asked) {
        const answers = await observer.waits(known.map(({ connection }) => connection))
        for (const [index, answer] of answers.entries()) {
          if (answer === 'busy') busy.add(known[index]!)
          if (answer === undefined || answer === 'busy') continue
          const by = answer.by.map((position) => known[position]?.letter ?? stranger)
          const what = answer.what === undefined ? {} : { what: answer.what }
          waits.set(known[index]!, { by, certain: true, ...what })
        }
      }
      return { waits, busy }
    }
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()]
    this.#open.clear()
    for (const observer of open) await bounded('Closing a connection', () => observer.close())
  }
}
