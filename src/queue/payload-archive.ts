import { resolve } from 'node:path'
import { environment } from '../model/environment.ts'
import { FaultlineError } from '../model/error.ts'
import { isJobDefinition, type JobDefinition } from '../model/job.ts'
import { type Examples, readArchive, writeArchive } from './archive-file.ts'
import { describe } from './describe.ts'
import { shapeOf } from './payload-shape.ts'

const archives = new WeakMap<object, PayloadArchive>()
/** Of jobs that live in another queue library: only their names are known here. */
const byName = new Map<string, PayloadArchive>()

/**
 * Keeps the payload shapes of a job, one example each, in a file that is committed: each new shape that a test
 * enqueues is recorded, and every simulation of the job delivers those that were recorded before, as `payloads` are.
 * Under CI a new shape is an error, until it was recorded: by a run elsewhere, with the update flag of the test runner,
 * or with `FAULTLINE_UPDATE=1`. Shapes are never removed. A job that another queue library performs has no definition:
 * its name is given instead.
 *
 * @throws FaultlineError `FAULTLINE_ARCHIVE` for a file that is corrupt or from a newer version; it stays as it is.
 * @example
 * ```ts
 * archivePayloads(charge, 'test/payloads.json')
 * ```
 */
export function archivePayloads(job: JobDefinition | string, file: string): void {
  const name = isJobDefinition(job) ? job.name : job
  if (typeof name !== 'string' || name === '' || typeof file !== 'string' || file === '') {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `archivePayloads(job, file) takes a job, or the name of one, and the path of a file: received ${describe(job)} and ${describe(file)}.`,
    })
  }
  const archive = new PayloadArchive(name, resolve(file), file)
  if (typeof job === 'string') byName.set(name, archive)
  else archives.set(job, archive)
}

/** The archive of a job, where it has one: by its definition, or by its name where that is all that is known. */
export function archiveOf(job: object | undefined, name: string): PayloadArchive | undefined {
  return (job && archives.get(job)) ?? byName.get(name)
}

/** The archived shapes of one job. */
export class PayloadArchive {
  readonly #job: string
  readonly #path: string
  readonly #file: string
  #examples: Examples
  #seen = new Set<string>()

  constructor(job: string, path: string, file: string) {
    this.#job = job
    this.#path = path
    this.#file = file
    this.#examples = readArchive(path)[job] ?? {}
  }

  /** From now on, {@link PayloadArchive.others} are those that were not enqueued since. */
  begin(): void {
    this.#seen = new Set()
  }

  /** An example of each shape that was not enqueued since {@link PayloadArchive.begin}. */
  others(): unknown[] {
    return Object.entries(this.#examples).flatMap(([shape, example]) =>
      this.#seen.has(shape) ? [] : [example],
    )
  }

  /** A payload of the job is enqueued. */
  meet(payload: unknown): void {
    const shape = shapeOf(payload)
    if (this.#seen.has(shape)) return
    if (!Object.hasOwn(this.#examples, shape) && payload !== undefined) this.#record(shape, payload)
    this.#seen.add(shape)
  }

  #record(shape: string, payload: unknown): void {
    const { ci, update } = environment()
    // Read anew: another test worker may have added to it.
    const archived = readArchive(this.#path)
    const examples = archived[this.#job] ?? {}
    if (!Object.hasOwn(examples, shape)) {
      if (ci && !update) throw newShape(this.#job, shape, this.#file)
      examples[shape] = payload
      writeArchive(this.#path, { ...archived, [this.#job]: examples })
    }
    this.#examples = examples
  }
}

function newShape(job: string, shape: string, file: string): FaultlineError {
  return new FaultlineError('FAULTLINE_ARCHIVE', {
    message: `The job '${job}' was enqueued with a payload of the shape ${shape}, which the archive ${file} does not hold.`,
    hint: 'Run the tests where CI is not set, or with the update flag (`npx vitest run -u`, `node --test --test-update-snapshots`, or FAULTLINE_UPDATE=1), and commit the file.',
  })
}
