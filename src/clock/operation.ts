import type { ContextClock } from '../model/context.ts'

/** A real operation that somebody may be waiting for. */
export interface Operation {
  /** Whose it is; undefined: anybody's. */
  readonly clock: ContextClock | undefined
  /** Real time of its last progress, in milliseconds. */
  lastMs: number
  /** It was silent for so long that nobody waits for it any more. */
  hung: boolean
}
