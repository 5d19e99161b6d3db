import { clearLine, cursorTo } from 'node:readline'
import { environment } from '../model/environment.ts'
import { type Paint, paintFor } from './paint.ts'
import { cut, oneLine } from './text.ts'
import { number, took } from './words.ts'

const APPEARS_AFTER_MS = 500
const EVERY_MS = 100
const BAR = 16

/** A line that tells how far a long simulation is. */
export interface ProgressLine {
  /** @param failed the scenario that just ended failed */
  update(done: number, total: number, name: string, failed?: boolean): void
  /** Takes the line away. */
  done(): void
}

const SILENT: ProgressLine = { update: () => {}, done: () => {} }

/**
 * One line, rewritten in place on a terminal once a simulation takes longer than half a second; nothing at
 * all in a pipe, under CI or on a dumb terminal.
 *
 * @example
 * ```ts
 * const line = progressLine()
 * await simulate(work, { onProgress: (done, total) => line.update(done, total, 'charge') })
 * line.done()
 * ```
 */
export function progressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  const { ci, dumbTerminal } = environment()
  if (!stream.isTTY || ci || dumbTerminal) return SILENT
  const paint = paintFor()
  const startMs = performance.now()
  let drawnMs = Number.NEGATIVE_INFINITY
  let shown = false
  let failures = 0
  return {
    update(done, total, name, failed) {
      if (failed) failures++
      const now = performance.now()
      if (now - startMs < APPEARS_AFTER_MS || now - drawnMs < EVERY_MS) return
      drawnMs = now
      const leftMs = done === 0 ? undefined : ((now - startMs) / done) * (total - done)
      const text = progressText({ done, total, name, failures, leftMs }, (stream.columns || 80) - 1, paint)
      shown = true
      cursorTo(stream, 0)
      stream.write(text)
      clearLine(stream, 1)
    },
    done() {
      if (!shown) return
      shown = false
      cursorTo(stream, 0)
      clearLine(stream, 0)
    },
  }
}

interface Progress {
  readonly done: number
  readonly total: number
  readonly name: string
  readonly failures: number
  readonly leftMs: number | undefined
}

function progressText(
  { done, total, name, failures, leftMs }: Progress,
  width: number,
  paint: Paint,
): string {
  const share = total > 0 ? Math.min(1, done / total) : 0
  const bar = '━'.repeat(Math.round(share * BAR))
  const track = '─'.repeat(BAR - bar.length)
  const counts = `${number(done)} of ${number(total)}`
  const bad = failures > 0 ? `  ${number(failures)} failing` : ''
  const left = leftMs === undefined || done >= total ? '' : `  about ${took(leftMs)} left`
  const room = width - BAR - counts.length - bad.length - left.length - 5
  if (room < 8)
    return cut(
      ` ${cut(oneLine(name), Math.max(8, width - counts.length - bad.length - 3))}  ${counts}${bad}`,
      width,
    )
  const label = paint.bold(cut(oneLine(name), room))
  return ` ${label}  ${paint.green(bar)}${paint.dim(track)}  ${counts}${paint.red(bad)}${paint.dim(left)}`
}
