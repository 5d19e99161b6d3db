import type { RaceLine } from '../../model/race.ts'
import {
  type Activation,
  type Delivery,
  type FileRecord,
  type Mode,
  placesOf,
  type QueuePointKind,
  type Strike,
} from '../../runtime/index.ts'
import { indexOfLetter } from './racer.ts'

interface Executed {
  readonly worker: string
  readonly file: string
  readonly line: number
  readonly step: number
}

/** Writes down who executes which line. */
export class LineRecorder implements Mode {
  readonly name = 'lines'
  readonly returns: Mode['returns']
  readonly #executed: Executed[] = []
  readonly #inner: Mode | undefined

  readonly #stepNow: () => number

  /** What the inner mode does, is done. */
  constructor(inner: Mode | undefined, stepNow: () => number) {
    this.#inner = inner
    this.#stepNow = stepNow
    this.returns = inner?.returns
  }

  arm(file: FileRecord): void {
    file.s.fill(1)
  }

  reach(delivery: Delivery, file: FileRecord, index: number, activation: Activation): Strike | undefined {
    const place = placesOf(file)[index]!
    if (place.kind === 'line' || place.kind === 'call')
      this.#executed.push({
        worker: delivery.identity.worker,
        file: place.file,
        line: place.line,
        step: this.#stepNow(),
      })
    return this.#inner?.reach(delivery, file, index, activation)
  }

  hold(
    delivery: Delivery,
    file: FileRecord,
    index: number,
    activation: Activation,
    awaited: unknown,
  ): unknown {
    return this.#inner?.hold === undefined
      ? awaited
      : this.#inner.hold(delivery, file, index, activation, awaited)
  }

  reachQueue(delivery: Delivery, kind: QueuePointKind, key: string, dueNow?: boolean): void {
    this.#inner?.reachQueue?.(delivery, kind, key, dueNow)
  }

  /** In order; those that follow each other on one line are one. */
  lines(): RaceLine[] {
    const lines: RaceLine[] = []
    for (const { worker, file, line, step } of this.#executed) {
      const letter = worker.at(-1)!
      if (indexOfLetter(letter) < 0) continue
      const last = lines.at(-1)
      if (last?.letter === letter && last.file === file && last.line === line) continue
      lines.push({ letter, step, file, line })
    }
    return lines
  }
}
