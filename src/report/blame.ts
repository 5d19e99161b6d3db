import type { FaultName, ScenarioResult, SimulationData } from '../model/result.ts'
import { messageOf } from './message.ts'
import { inSource, location, siteOf } from './place.ts'
import { oneLine } from './text.ts'
import { reasonWords } from './words.ts'

/** A line of the source at which scenarios failed, or a simulation without a line to blame. */
export interface Blame {
  readonly simulation: string
  /** `src/jobs/charge.ts:14`; empty where the job is wrong without any fault. */
  readonly place: string
  readonly file: string
  /** 0 where there is none. */
  readonly line: number
  readonly faults: readonly FaultName[]
  readonly scenarios: number
  readonly reason: string
  /** The token of the first of them. */
  readonly replay: string
  /** What came of the first of them, on one line. */
  readonly message: string
}

/**
 * The lines at which the scenarios of a simulation failed, one entry for each line and cause, in the order of the report.
 *
 * @example
 * ```ts
 * blamesOf(report).map(({ place, message }) => `${place} ${message}`)
 * ```
 */
export function blamesOf(data: SimulationData): Blame[] {
  const scenarios = new Map(data.scenarios.concat(data.failures).map((one) => [one.id, one]))
  return data.causes.flatMap((cause) => {
    const groups = new Map<string, ScenarioResult[]>()
    for (const id of cause.scenarios) {
      const scenario = scenarios.get(id)
      if (scenario === undefined) continue
      const place = cause.reason === 'not-run' ? '' : placeOf(scenario)
      groups.set(place, [...(groups.get(place) ?? []), scenario])
    }
    return [...groups].map(([place, some]): Blame => {
      const point = cause.reason === 'not-run' ? undefined : some[0]!.faults.at(-1)?.point
      const site = point === undefined ? undefined : siteOf(point)
      const known = site !== undefined && inSource(site)
      // Where no fault struck, the line that threw is the one to look at.
      const thrown = point === undefined ? thrownAt(some[0]!, data.root) : undefined
      return {
        simulation: data.name,
        place,
        file: known ? site.file : (thrown?.file ?? ''),
        line: known ? site.line : (thrown?.line ?? 0),
        faults: [...new Set(some.flatMap(({ faults }) => faults.map(({ fault }) => fault)))],
        scenarios: some.length,
        reason: cause.reason,
        replay: some[0]!.replay,
        message: oneLine(cause.message) || reasonWords(cause.reason),
      }
    })
  })
}

function thrownAt({ error }: ScenarioResult, root: string): Pick<Blame, 'file' | 'line'> | undefined {
  const at = error === undefined ? undefined : messageOf(error, error.name, root).thrownAt
  const [, file, line] = /^(.*):(\d+)$/.exec(at ?? '') ?? []
  return file === undefined ? undefined : { file, line: Number(line) }
}

function placeOf({ faults, id }: ScenarioResult): string {
  const point = faults.at(-1)?.point
  if (point !== undefined) return location(point)
  return id === 'baseline' ? '' : id
}
