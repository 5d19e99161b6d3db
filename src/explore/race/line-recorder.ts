import type { RaceLine } from '../../model/race.ts'
import { type Activation, type Delivery, type FileRecord, type Mode, placesOf } from '../../runtime/index.ts'
import { indexOfLetter } from './racer.ts'

interface Executed {
  readonly worker: string
  readonly file: string
  readonly line: number
}

/** Writes down who executes which line. */
export class LineRecorder implements Mode {
  readonly name = 'lines'
  readonly #executed: Executed[] = []

  arm(file: FileRecord): void {
    file.s.fill(1)
  }

  reach(delivery: Delivery, file: FileRecord, index: number, _activation: Activation): undefined {
    const place = placesOf(file)[index]!
    if (place.kind !== 'line' && place.kind !== 'call') return
    this.#executed.push({ worker: delivery.identity.worker, file: place.file, line: place.line })
  }

  /** In order; those that follow each other on one line are one. */
  lines(_chosen: readonly number[]): RaceLine[] {
    const lines: RaceLine[] = []
    for (const { worker, file, line } of this.#executed) {
      const letter = worker.at(-1)!
      if (indexOfLetter(letter) < 0) continue
      const last = lines.at(-1)
      if (last?.letter === letter && last.file === file && last.line === line) continue
      lines.push({ letter, step: lines.length, file, line })
    }
    return lines
  }
}
