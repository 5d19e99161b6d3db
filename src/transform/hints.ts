import type { Comment } from 'oxc-parser'

/** Comments that speak about the code right after them: coverage hints, and annotations of bundlers. */
const hint = /^\*?\s*(?:(?:istanbul|v8|c8|node:coverage)\s|[@#]__(?:PURE|NO_SIDE_EFFECTS)__)/

/**
 * Where an insertion before `start` goes: where a hint stands in front of it, right after the code before that,
 * since printers drop a comment that follows other code on its line.
 */
export function hintOffset(source: string, start: number, commentEnds: ReadonlyMap<number, Comment>): number {
  let at = start
  let isHinted = false
  for (;;) {
    while (at > 0 && /\s/.test(source[at - 1]!)) at--
    const comment = commentEnds.get(at)
    if (comment === undefined) return isHinted ? at : start
    at = comment.start
    isHinted ||= hint.test(comment.value)
  }
}
