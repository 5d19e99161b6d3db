import { closest, distance } from 'fastest-levenshtein'

/** `Did you mean 'attempts'?`, or nothing where no candidate is close. */
export function didYouMean(received: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined
  const candidate = closest(received, candidates)
  const farthest = Math.max(2, Math.floor(received.length / 3))
  if (distance(received.toLowerCase(), candidate.toLowerCase()) > farthest) return undefined
  return `Did you mean '${candidate}'?`
}
