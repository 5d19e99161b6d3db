import type { ReadSource } from './source.ts'

/** How a terminal report looks. */
export interface TerminalOptions {
  /** By default as `NO_COLOR`, `FORCE_COLOR` and the terminal say. */
  readonly colors?: boolean
  /** In columns; by default the terminal's, at most 110, or 80. */
  readonly width?: number
  /** Where the source is read from; by default the disk. */
  readonly readSource?: ReadSource
  /** How many findings are told in full; default 10. */
  readonly maxCauses?: number
}

const WIDTH_MIN = 40

/** The width in columns. */
export function widthOf(options: TerminalOptions): number {
  const columns = options.width ?? Math.min(process.stdout.columns || 80, 110)
  return Math.max(WIDTH_MIN, Math.floor(columns) || 80)
}
