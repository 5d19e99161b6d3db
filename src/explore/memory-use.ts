import type { InjectedFault, ScenarioResult } from '../model/result.ts'
import type { Session, WorkerMemory } from '../perform/index.ts'
import { plural } from '../report/words.ts'
import { memoryOf } from '../runtime/index.ts'
import type { RecordedPoint } from './recorded.ts'

const kept = 'the crash of the simulation keeps the module variables of'
const shared = 'both workers of the simulation share the module variables of'

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
    { approximate, timeline, options: { memory } }: Session,
  ): string | undefined {
    const gaveBack = timeline.some(({ kind }) => kind === 'bailedOut' || kind === 'crashed')
    const others = gaveBack ? ['stall', 'interrupt'] : ['stall']
    const words = [
      approximate,
      this.#uses(kept, ['crash'], faults, memory),
      this.#uses(shared, others, faults, memory),
    ]
    return words.filter(Boolean).join('; ') || undefined
  }

  /** What one worker leaves for another under such faults, where real ones have a memory each. */
  #uses(
    words: string,
    names: readonly string[],
    faults: readonly InjectedFault[],
    memory: WorkerMemory | undefined,
  ): string | undefined {
    const files = new Set<string>()
    for (const { fault, point } of faults) {
      if (!names.includes(fault) || memory?.isOwn(point.job)) continue
      for (const file of this.#files.get(point.jobId) ?? []) files.add(file)
    }
    return files.size === 0 ? undefined : `${words} ${[...files].join(', ')}`
  }
}

/** How many verdicts that are, for the report. */
export function approximateInWords(results: readonly ScenarioResult[]): Record<string, string> {
  const count = (words: string): number =>
    results.filter(({ approximate }) => approximate?.includes(words)).length
  const [crashes, others] = [count(kept), count(shared)]
  return {
    ...(crashes > 0 && {
      memory: `${plural(crashes, 'crash scenario')} of jobs that use module variables, which a real crash loses and this one keeps: give the job with \`load\``,
    }),
    ...(others > 0 && {
      sharedMemory: `${plural(others, 'scenario')} of two workers whose jobs use module variables, which real ones have each for themselves: give the job with \`load\``,
    }),
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
