import { MemoryTime } from '../../memory-time.ts'

/** Virtual time that lets jobs be looked after before it moves on. */
export class GraphileTime extends MemoryTime {
  readonly #before: () => Promise<void>

  constructor(startMs: number, before: () => Promise<void>) {
    super(startMs)
    this.#before = before
  }

  /** What the adapter itself does: it has looked already. */
  moveTo(ms: number): void {
    super.advanceTo(ms)
  }

  override async advanceTo(ms: number): Promise<void> {
    if (ms > this.nowMs()) await this.#before()
    super.advanceTo(ms)
  }
}
