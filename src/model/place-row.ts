/** The kinds of place, as the table of a file writes them: line, call, return, await. */
export type PlaceCode = 'l' | 'c' | 'r' | 'a'

/** A further name of a place; see docs/decisions/0001-probes.md. Lines and columns are 1-based. */
export type PlaceNameRow = [kind: PlaceCode, line: number, column: number, flags: number]

/** One row of the table that the header of an instrumented file carries; see docs/decisions/0001-probes.md. */
export type PlaceRow = [
  kind: PlaceCode,
  line: number,
  column: number,
  fn: string,
  flags: number,
  also?: PlaceNameRow[],
]

/** The bits of a row's flags. */
export const placeFlags = {
  /** Something here can throw. */
  canFail: 1,
  /** The delivery can be held here. */
  pausable: 2,
  /** Another statement (or await) starts earlier on the same line. */
  notFirst: 4,
  /** The end of a `try` block. */
  tryEnd: 8,
  /** A value that a `for await` got. */
  loop: 16,
  /** In a function that uses module variables which functions change. */
  memory: 32,
  /** A `return` of what is not awaited, in a `try` whose `catch` throws nothing: that would have handled its rejection. */
  passesCatch: 64,
  /** The same where the `catch` handles some and throws others. */
  mayPassCatch: 128,
  /** A `return` of what is awaited in a `try`: code of its function may run after it. */
  guarded: 256,
} as const
