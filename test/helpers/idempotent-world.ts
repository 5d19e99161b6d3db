import { EventEmitter } from 'node:events'

const { setImmediate: realImmediate } = globalThis
const turn = () => new Promise<void>((resolve) => realImmediate(() => resolve()))

/** A query that runs when it is awaited, as query builders make them: a thenable with methods. */
export interface Query extends PromiseLike<string[]> {
  where(name: string): Query
}

/** A database whose every write may be repeated, and the libraries around it. Never instrumented. */
export class IdempotentWorld {
  readonly rows = new Map<string, number>()
  readonly events = new EventEmitter()
  queries = 0
  #failures = 0

  /** Writes a row, whole or not at all; twice is as good as once. */
  readonly put = async (key: string, value = 1): Promise<string> => {
    await turn()
    this.rows.set(key, value)
    await turn()
    return key
  }

  readonly putSync = (key: string, value = 1): string => {
    this.rows.set(key, value)
    return key
  }

  /** Fails the first time, in every run. */
  readonly flaky = async (key: string): Promise<string> => {
    await turn()
    if (this.#failures++ === 0) throw new Error('busy')
    return this.put(key)
  }

  /** Fails every time. */
  readonly refuse = async (): Promise<never> => {
    await turn()
    throw new Error('no')
  }

  /** Somebody else's event. */
  readonly emitSoon = (event: string): void => {
    realImmediate(() => this.events.emit(event))
  }

  /** All or nothing. */
  readonly transaction = async <T>(body: (put: (key: string) => void) => Promise<T>): Promise<T> => {
    const written: string[] = []
    const value = await body((key) => void written.push(key))
    for (const key of written) this.rows.set(key, 1)
    await turn()
    return value
  }

  readonly select = (table: string): Query => {
    const names = [table]
    const query: Query = {
      where: (name) => {
        names.push(name)
        return query
      },
      // biome-ignore lint/suspicious/noThenProperty: what query builders do
      then: (resolve, reject) => {
        this.queries++
        return Promise.resolve(names).then(resolve, reject)
      },
    }
    return query
  }

  state() {
    return Object.fromEntries([...this.rows].sort())
  }
}
