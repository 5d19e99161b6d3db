import { FaultlineError } from '../../model/error.ts'
import type { ShardEntry, SimulationEntry } from './report-file.ts'

/** The shards that an entry holds; undefined where it is a whole run. */
function heldBy({ shard }: SimulationEntry): readonly number[] | undefined {
  return shard === undefined ? undefined : (shard.merged ?? [shard.index])
}

/** The numbers of the shards that a report lacks, in order. */
export function missingShards({ index, count, merged = [index] }: ShardEntry): number[] {
  return Array.from({ length: count }, (_, at) => at + 1).filter((one) => !merged.includes(one))
}

/**
 * Each share once: of a shard that is given twice, or is part of what was merged already, nothing counts twice.
 *
 * @throws FaultlineError `FAULTLINE_REPORT_MERGE` where a run was split in several ways: its parts overlap
 */
export function eachShardOnce(entries: readonly SimulationEntry[]): SimulationEntry[] {
  const splits = new Set(entries.flatMap(({ shard }) => (shard === undefined ? [] : [shard.count])))
  if (splits.size > 1) throw severalSplits(entries[0]!.name, [...splits])
  const seen = new Set<number>()
  const distinct = entries.filter((entry) => {
    const held = heldBy(entry)
    if (held === undefined || held.every((index) => seen.has(index))) return false
    for (const index of held) seen.add(index)
    return true
  })
  const whole = entries.find((entry) => heldBy(entry) === undefined)
  return whole === undefined ? distinct : [whole]
}

/** What is still left to other shards, once these are together. */
export function mergedShard(entries: readonly SimulationEntry[], run: number): ShardEntry | undefined {
  const { shard, scenarios } = entries[0]!
  if (shard === undefined) return undefined
  const merged = [...new Set(entries.flatMap((entry) => heldBy(entry) ?? []))].sort((a, b) => a - b)
  if (merged.length >= shard.count) return undefined
  const planned = scenarios.length + shard.others
  return {
    ...shard,
    index: merged[0]!,
    ...(merged.length === 1 ? undefined : { merged }),
    others: Math.max(0, planned - run),
  }
}

function severalSplits(name: string, counts: readonly number[]): FaultlineError {
  const received = counts
    .toSorted((a, b) => a - b)
    .map((count) => `i/${count}`)
    .join(' and ')
  return new FaultlineError('FAULTLINE_REPORT_MERGE', {
    message: `The reports of '${name}' are shards of different splits: received ${received}; allowed is one.`,
    hint: 'Merge shards of one run only: all with the same n in FAULTLINE_SHARD=i/n.',
  })
}
