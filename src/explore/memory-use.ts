import type { InjectedFault, ScenarioResult } from '../model/result.ts'
import type { WorkerMemory } from '../perform/index.ts'
import { plural } from '../report/words.ts'
import { memoryOf } from '../runtime/index.ts'
import type { RecordedPoint } from './recorded.ts'

const kept = 'the crash of the simulation keeps the module variables of'

/** Which jobs use variables of modules, which the real crash of a process loses and a simulated one may not. */
export class MemoryUse {
  readonly #files = new Map<string, Set<string>>()

  constructor(points: readonly RecordedPoint[]) {
    for (const { point, file, index } of points) {
      if (file === undefined || memoryOf(file)[index] === 0) continue
      const files = this.#files.get(point.jobId) ?? new Set()
      this.#files.set(point.jobId, files.add(point.file))
    }
  }

  /** Why a verdict is approximate, in words. */
  approximate(faults: readonly InjectedFault[], memory: WorkerMemory | undefined): string | undefined {
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
    load: `module memory of ${jobs.join(', ')}: the test imports what \`load\` does, or \`keep\` names it, so that it is not loaded afresh`,
  }
}
