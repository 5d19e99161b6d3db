import { MemoryTime } from '../../memory-time.ts'
import type { GraphileSetup } from './graphile-setup.ts'

/** Virtual time that looks after jobs with the time of the server before it moves on. */
export class GraphileTime extends MemoryTime {
  readonly #setup: GraphileSetup

  constructor(startMs: number, setup: GraphileSetup) {
    super(startMs)
    this.#setup = setup
  }

  /** What the adapter itself does: it has looked already. */
  moveTo(ms: number): void {
    super.advanceTo(ms)
  }

  override async advanceTo(ms: number): Promise<void> {
    // A delivery that has the only connection must not wait for itself; a server that is gone shows elsewhere.
    if (ms > this.nowMs() && this.#setup.hasRoom) {
      const { jobs } = await this.#setup.ready()
      await jobs.adopt(this.nowMs()).catch(() => {})
    }
    super.advanceTo(ms)
  }
}
