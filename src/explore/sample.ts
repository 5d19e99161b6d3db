import { seededRandom } from '../clock/index.ts'

/** `count` of the items, chosen with the seed, in their own order. */
export function sample<T>(items: readonly T[], count: number, seed: number): T[] {
  if (items.length <= count) return [...items]
  const random = seededRandom(`${seed}/sample`)
  const indexes = items.map((_, index) => index)
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (indexes.length - i))
    ;[indexes[i], indexes[j]] = [indexes[j]!, indexes[i]!]
  }
  return indexes
    .slice(0, count)
    .sort((a, b) => a - b)
    .map((index) => items[index]!)
}
