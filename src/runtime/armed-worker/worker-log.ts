import { existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { WorkerLogLine } from '../../model/worker-log.ts'
import type { FileRecord } from '../shared.ts'

/** Functions called outside of deliveries that are written down. */
const calledMax = 50

/** What this process does, written synchronously: the next line may never run. */
export class WorkerLog {
  readonly #descriptor: number
  readonly #files = new Map<FileRecord, number>()
  readonly #called = new Set<string>()
  /** By the job's name: its jobs, by what the queue calls them, in the order in which they were first delivered. */
  readonly #jobs = new Map<string, Map<string, { readonly jobId: string; deliveries: number }>>()

  constructor(file: string) {
    if (existsSync(file)) this.#resume(readFileSync(file, 'utf8'))
    this.#descriptor = openSync(file, 'a')
    this.#write(['process', process.pid])
  }

  /** A delivery begins: which of which job, over all processes so far. */
  delivery(job: string, key: string): { readonly jobId: string; readonly ordinal: number } {
    const known = this.#jobOf(job, key)
    known.deliveries++
    this.#write(['delivery', job, known.jobId, known.deliveries, key, Date.now()])
    return { jobId: known.jobId, ordinal: known.deliveries }
  }

  reached(
    jobId: string,
    delivery: number,
    file: FileRecord,
    index: number,
    branch: string,
    hit: number,
  ): void {
    this.#write(['reached', jobId, delivery, this.#fileId(file), index, branch, hit])
  }

  called(key: string): void {
    if (this.#called.size >= calledMax || this.#called.has(key)) return
    this.#called.add(key)
    this.#write(['called', key])
  }

  struck(): void {
    this.#write(['struck', Date.now()])
  }

  #fileId(file: FileRecord): number {
    let id = this.#files.get(file)
    if (id === undefined) {
      this.#files.set(file, (id = this.#files.size))
      this.#write(['file', id, file.path, file.root, file.hash, file.table])
    }
    return id
  }

  #jobOf(job: string, key: string): { readonly jobId: string; deliveries: number } {
    let jobs = this.#jobs.get(job)
    if (jobs === undefined) this.#jobs.set(job, (jobs = new Map()))
    let known = jobs.get(key)
    if (known === undefined) jobs.set(key, (known = { jobId: `${job}-${jobs.size + 1}`, deliveries: 0 }))
    return known
  }

  #resume(text: string): void {
    for (const line of text.split('\n')) {
      if (!line.startsWith('["delivery"')) continue
      const [, job, , , key] = JSON.parse(line) as WorkerLogLine & { 0: 'delivery' }
      this.#jobOf(job as string, key as string).deliveries++
    }
  }

  #write(line: WorkerLogLine): void {
    writeSync(this.#descriptor, `${JSON.stringify(line)}\n`)
  }
}
