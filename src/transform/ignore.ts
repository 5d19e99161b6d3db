import type { Comment } from 'oxc-parser'

const next = /^\*?\s*faultline\s+ignore\s+next\b/
const file = /^\*?\s*faultline\s+ignore\s+file\b/

/** Whether a comment leaves out the whole file. */
export function ignoresFile(comments: readonly Comment[]): boolean {
  return comments.some((comment) => file.test(comment.value))
}

/** Where the code starts that `faultline ignore next` comments leave out. */
export function ignoredStarts(source: string, comments: readonly Comment[]): Set<number> {
  const starts = new Set<number>()
  for (const [index, comment] of comments.entries()) {
    if (next.test(comment.value)) starts.add(codeAfter(source, comments, index))
  }
  return starts
}

function codeAfter(source: string, comments: readonly Comment[], index: number): number {
  let at = comments[index]!.end
  for (let following = index + 1; ; following++) {
    while (at < source.length && /\s/.test(source[at]!)) at++
    const comment = comments[following]
    if (comment === undefined || comment.start !== at) return at
    at = comment.end
  }
}
