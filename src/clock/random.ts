import { hash } from 'node:crypto'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/**
 * A stream of floats in [0, 1) that only depends on the seed. Making one costs nothing until it is first asked.
 *
 * @example
 * ```ts
 * const random = seededRandom('7/charge-1/2')
 * random() // the same on every run
 * ```
 */
export function seededRandom(seed: string | number): () => number {
  let generator: ReturnType<typeof xoroshiro128plusFromState> | undefined
  return () => {
    generator ??= xoroshiro128plusFromState(stateOf(seed))
    return uniformFloat64(generator)
  }
}

/** All of the generator's state comes from the seed: close seeds give streams that have nothing in common. */
function stateOf(seed: string | number): number[] {
  const digest = hash('sha256', String(seed), 'buffer')
  return [0, 4, 8, 12].map((offset) => digest.readInt32LE(offset))
}

/** A version 4 UUID out of a stream. */
export function uuidOf(random: () => number): `${string}-${string}-${string}-${string}-${string}` {
  const hex = [random(), random(), random(), random()].map((float) => word(float)).join('')
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

function word(float: number): string {
  return Math.floor(float * 2 ** 32)
    .toString(16)
    .padStart(8, '0')
}
