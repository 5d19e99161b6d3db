import type { Point } from '../../model/point.ts'
import type { OwnedRow } from './merge-entries.ts'
import type { CauseEntry, SimulationEntry } from './report-file.ts'

/** A cause whose point is not yet an index. */
export type LooseCause = Omit<CauseEntry, 'point'> & { readonly point?: Point }

interface Part {
  readonly cause: CauseEntry
  readonly of: SimulationEntry
  readonly index: number
}

/** The causes of all parts, those that came to the same end as one; in the order of their first scenarios. */
export function mergeCauses(
  entries: readonly SimulationEntry[],
  rows: ReadonlyMap<string, OwnedRow>,
): LooseCause[] {
  const indexOf = (id: string): number => rows.get(id)?.row.index ?? 0
  const groups = new Map<string, Part[]>()
  for (const of of entries) {
    const own = new Map(of.scenarios.map((row) => [row.id, row]))
    for (const cause of of.causes) {
      const part: Part = { cause, of, index: Math.min(...cause.scenarios.map(indexOf)) }
      const { blame } = cause
      const key = JSON.stringify([cause.reason, blame?.file, blame?.line, ...endOf(cause, of, own)])
      groups.set(key, [...(groups.get(key) ?? []), part])
    }
  }
  return [...groups.values()]
    .map((parts) => parts.sort((a, b) => a.index - b.index))
    .sort((a, b) => a[0]!.index - b[0]!.index)
    .map((parts) => {
      const { cause, of } = parts[0]!
      const ids = new Set(parts.flatMap((part) => part.cause.scenarios))
      const { point, ...rest } = cause
      return {
        ...rest,
        scenarios: [...ids].sort((a, b) => indexOf(a) - indexOf(b)),
        ...(point === undefined ? undefined : { point: of.points[point]! }),
      }
    })
}

/** What the scenarios of a cause have in common, as `simulate` groups them. */
function endOf(
  { scenarios }: CauseEntry,
  { errors }: SimulationEntry,
  own: ReadonlyMap<string, SimulationEntry['scenarios'][number]>,
): unknown[] {
  const told = own.get(scenarios[0] ?? '')
  if (told === undefined) return []
  const bare = told.faults.length === 0
  if (told.reason === 'dead')
    return [told.outcome, bare, told.timeline?.findLast(({ kind }) => kind === 'dead')?.job]
  const { title, rest, thrownAt } = errors[told.error ?? -1] ?? {}
  return [told.outcome, bare, title, rest, thrownAt]
}
