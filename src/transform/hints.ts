import type { Comment } from 'oxc-parser'

/** Comments that speak about the code right after them: coverage hints, and annotations of bundlers. */
const hint = /^\*?\s*(?:(?:istanbul|v8|c8|node:coverage)\s|[@#]__(?:PURE|NO_SIDE_EFFECTS)__)/

/**
 * Where an insertion before `start` goes: before the hints that stand directly in front of it.
 *
 * A hint on the line of the statement before it stays where it is, since the end of that line may be what ends
 * that statement; in a branch without braces nothing is in front.
 */
export function hintOffset(
  source: string,
  start: number,
  commentEnds: ReadonlyMap<number, Comment>,
  inBranch: boolean,
): number {
  let offset = start
  let at = start
  for (;;) {
    while (at > 0 && /\s/.test(source[at - 1]!)) at--
    const comment = commentEnds.get(at)
    if (comment === undefined) return offset
    at = comment.start
    if (hint.test(comment.value) && (inBranch || isFree(source, at))) offset = at
  }
}

function isFree(source: string, offset: number): boolean {
  for (let at = offset - 1; ; at--) {
    const char = source[at]
    if (char === undefined || char === '\n' || char === ';' || char === '{') return true
    if (char !== ' ' && char !== '\t' && char !== '\r') return false
  }
}
