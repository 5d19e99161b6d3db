import { EventEmitter } from 'node:events'

/** As the pool of a driver: it opens a connection when none is left, and no run can know when that is. */
export class EnginePool extends EventEmitter {
  readonly _clients: object[] = []
  readonly _idle: { client: object }[] = []
  #queries = 0

  async query(): Promise<void> {
    await undefined
    if (this.#queries++ % 5 === 0) this.emit('connect', { session: '' })
  }
}
