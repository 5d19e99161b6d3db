import type { MemoryJob } from './memory-job.ts'

/**
 * Which keys are taken: a key is unique per job name while a job waits. Two jobs of one key can wait
 * nevertheless, when the second was enqueued while the first one ran and the first is then retried.
 */
export class WaitingKeys {
  /** Made with the first key: most queues never see one. */
  #jobs: Map<string, MemoryJob[]> | undefined

  /** The id of the job that waits under this key. */
  idOf(name: string, key: string): string | undefined {
    return this.#jobs?.get(slot(name, key))?.[0]?.id
  }

  enter(job: MemoryJob): void {
    this.#jobs ??= new Map()
    const at = slotOf(job)
    const waiting = this.#jobs.get(at)
    if (waiting === undefined) this.#jobs.set(at, [job])
    else waiting.push(job)
  }

  leave(job: MemoryJob): void {
    const at = slotOf(job)
    const rest = this.#jobs?.get(at)?.filter((waiting) => waiting !== job) ?? []
    if (rest.length === 0) this.#jobs?.delete(at)
    else this.#jobs?.set(at, rest)
  }

  clear(): void {
    this.#jobs = undefined
  }
}

function slotOf(job: MemoryJob): string {
  return slot(job.registered.job.name, job.key!)
}

function slot(name: string, key: string): string {
  return `${name}\n${key}`
}
