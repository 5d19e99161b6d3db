import type { Place } from '../../model/point.ts'
import { placesOf } from '../places.ts'
import type { FileRecord } from '../shared.ts'

interface Entry {
  readonly job: string
  /** Absent: of any file. */
  readonly file: string | undefined
  /** A function's name, or the line on which it starts. */
  readonly name: string
}

/** The functions that a queue calls to deliver a job. */
export class Entries {
  readonly #entries: readonly Entry[]

  constructor(deliveries: Readonly<Record<string, string>>) {
    this.#entries = Object.entries(deliveries).map(([job, key]) => {
      const [, file, name] = /^(?:(.+\.[cm]?[jt]sx?)[#:])?(.+)$/.exec(key)!
      return { job, file: file?.replace(/^\.\//, ''), name: name! }
    })
  }

  /** The name of the job that a delivery begins of where this call is reached. */
  jobAt(file: FileRecord, index: number): string | undefined {
    const place = placesOf(file)[index]!
    const line = startLine(place)
    return this.#entries.find(
      (entry) =>
        (entry.file === undefined || file.path === entry.file || file.path.endsWith(`/${entry.file}`)) &&
        (place.function === entry.name || String(line) === entry.name),
    )?.job
  }
}

/** How a function is named for `deliveries`: one without a name by its line. */
export function entryKey(file: FileRecord, index: number): string {
  const place = placesOf(file)[index]!
  return place.function.includes('<anonymous>')
    ? `${file.path}:${startLine(place)}`
    : `${file.path}#${place.function}`
}

/** The line of the function, also where its first statement is the same place. */
function startLine({ kind, line, also }: Place): number {
  return kind === 'call' ? line : (also.find((name) => name.kind === 'call')?.line ?? line)
}

/**
 * What tells one job from another: the id that the queue gave it, wherever its library hands it over (BullMQ: the
 * job; pg-boss: a list of one job; graphile-worker: `helpers.job`).
 */
export function jobKey(args: readonly unknown[]): string {
  const [first, second] = args
  const holders = [
    first,
    Array.isArray(first) ? first[0] : undefined,
    (second as { job?: unknown } | undefined)?.job,
  ]
  for (const holder of holders) {
    if (typeof holder !== 'object' || holder === null) continue
    const { id } = holder as { id?: unknown }
    if (typeof id === 'string' || typeof id === 'number') return String(id)
  }
  return ''
}
