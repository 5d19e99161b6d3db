import { isDeepStrictEqual } from 'node:util'

interface Enqueued {
  readonly name: string
  readonly payload: unknown
}

/** Which works of a race are enqueued by another one of it, too. */
export class Children {
  /** Their indices. */
  readonly found: Set<number> = new Set()
  /** What was enqueued for each work. */
  readonly #jobs: (Enqueued | undefined)[] = []

  /** The job of a work, as the queue has it. */
  know(index: number, job: Enqueued | undefined): void {
    this.#jobs[index] = job
  }

  /** A work has enqueued a job: where that is another work's, it is its child. */
  recognise(by: number, { name, payload }: Enqueued): void {
    const isIt = (known: Enqueued | undefined): boolean =>
      known !== undefined && known.name === name && isDeepStrictEqual(known.payload, payload)
    if (isIt(this.#jobs[by])) return
    const child = this.#jobs.findIndex((known, index) => index !== by && isIt(known))
    if (child >= 0) this.found.add(child)
  }
}
