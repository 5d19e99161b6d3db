import type { Mark } from '../verdicts.ts'

/** Worst first. */
export const MARKS: readonly Mark[] = ['failed', 'unsure', 'survived', 'none']

/** What each mark says. */
export const MARK_WORDS: Record<Mark, string> = {
  failed: 'failed',
  unsure: 'flaky or never reached',
  survived: 'survived',
  none: 'beyond the retry policy',
}

/** The worse of two. */
export function worse(a: Mark, b: Mark): Mark {
  return MARKS.indexOf(a) <= MARKS.indexOf(b) ? a : b
}
