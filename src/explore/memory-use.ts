import type { InjectedFault, ScenarioResult } from '../model/result.ts'
import type { Session, WorkerMemory } from '../perform/index.ts'
import { plural } from '../report/words.ts'
import { memoryOf } from '../runtime/index.ts'
import type { RecordedPoint } from './recorded.ts'

const kept = 'the crash of the simulation keeps the module variables of'

/** Which jobs use variables of modules, which the real crash of a process loses and a simulated one may not. */
export class MemoryUse {
  readonly #files = new Map<string, Set<string>>()

  /** As the points of a run without faults tell. */
  static of(points: readonly RecordedPoint[]): MemoryUse {
    const use = new MemoryUse()
    for (const { point, file, index } of points)
      if (file !== undefined && memoryOf(file)[index] === 1) use.add(point.jobId, point.file)
    return use
  }

  /** A job reached code of this file that uses module variables. */
  add(jobId: string, file: string): void {
    this.#files.set(jobId, (this.#files.get(jobId) ?? new Set()).add(file))
  }

  /** Why the verdict of a run is approximate, in words. */
  approximate(
    faults: readonly InjectedFault[],
    { approximate, options: { memory } }: Session,
  ): string | undefined {
    return [approximate, this.#kept(faults, memory)].filter(Boolean).join('; ') || undefined
  }

  #kept(faults: readonly InjectedFault[], memory: WorkerMemory | undefined): string | undefined {
    const files = new Set<string>()
    for (const { fault, point } of faults) {
      if (fault !== 'crash' || (memory?.own.has(point.job) && !memory.shared.has(point.job))) continue
      for (const file of this.#files.get(point.jobId) ?? []) files.add(file)
    }
    return files.size === 0 ? undefined : `${kept} ${[...files].join(', ')}`
  }
}

/** How many verdicts that are, for the report. */
export function approximateInWords(results: readonly ScenarioResult[]): Record<string, string> {
  const count = results.filter(({ approximate }) => approximate?.includes(kept)).length
  if (count === 0) return {}
  return {
    memory: `${plural(count, 'crash scenario')} of jobs that use module variables, which a real crash loses and this one keeps: give the job with \`load\``,
  }
}

/** Jobs whose `load` brings nothing new. */
export function sharedInWords(memory: WorkerMemory | undefined): Record<string, string> {
  const jobs = [...(memory?.shared ?? [])]
  if (jobs.length === 0) return {}
  return {
    load: `module memory of ${jobs.join(', ')}: the test imports what \`load\` does, \`keep\` names it, or CommonJS requires an ES module of it, so that it is not loaded afresh`,
  }
}
