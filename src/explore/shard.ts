import { seededRandom } from '../clock/index.ts'
import { environment } from '../model/environment.ts'
import type { Shard } from '../model/result.ts'
import { number, plural } from '../report/words.ts'

/** Which part of a simulation this process runs: the whole, unless `FAULTLINE_SHARD` says otherwise. */
export function shardOfProcess(): { readonly index: number; readonly count: number } {
  return environment().shard ?? { index: 1, count: 1 }
}

/** The items that belong to a shard; every item belongs to exactly one. */
export function ofShard<T>(
  items: readonly T[],
  { index, count }: { readonly index: number; readonly count: number },
): T[] {
  return items.filter((_, at) => at % count === index - 1)
}

/** The shard that runs what cannot be split, and that `FAULTLINE_SHARD` leaves to another one than this process. */
export function otherShardOf(
  name: string,
): { readonly index: number; readonly count: number; readonly runBy: number } | undefined {
  const { index, count } = shardOfProcess()
  const runBy = 1 + Math.floor(seededRandom(`${name}/shard`)() * count)
  return runBy === index ? undefined : { index, count, runBy }
}

/** `shard 1 of 4`: under this name the report says what was left to the others. */
export function shardName({ index, count }: Pick<Shard, 'index' | 'count'>): string {
  return `shard ${index} of ${count}`
}

/** `25 of 100 scenarios`: this shard's part. */
export function shardInWords({ elsewhere }: Shard, own: number, extended: boolean): string {
  const extensions = extended ? ' of one fault, and what extends them' : ''
  return `${number(own)} of ${plural(own + elsewhere, 'scenario')}${extensions}`
}
