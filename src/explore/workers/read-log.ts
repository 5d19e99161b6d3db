import { existsSync, readFileSync } from 'node:fs'
import type { WorkerLogLine } from '../../model/worker-log.ts'
import { Activation, Delivery, type FileRecord, offMode, type Reached } from '../../runtime/index.ts'
import type { WorkerDelivery } from './options.ts'

/** What the processes of one scenario wrote down. */
export interface ReadLog {
  readonly reached: readonly Reached[]
  readonly deliveries: readonly WorkerDelivery[]
  readonly files: readonly FileRecord[]
  /** Functions that were called outside of deliveries. */
  readonly called: readonly string[]
  /** Real time, in milliseconds since the epoch. */
  readonly struckAt: number | undefined
}

const noClock = {
  nowMs: () => 0,
  setTimer: () => ({}),
  clearTimer: () => {},
  pass: async () => {},
}

/** Reads what was written so far; a last line that is not whole is left. */
export function readLog(file: string): ReadLog {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const reader = new LogReader()
  for (const line of text.split('\n').slice(0, -1)) reader.read(JSON.parse(line) as WorkerLogLine)
  return reader
}

class LogReader implements ReadLog {
  readonly reached: Reached[] = []
  readonly deliveries: WorkerDelivery[] = []
  readonly called: string[] = []
  struckAt: number | undefined
  files: FileRecord[] = []
  readonly #begun = new Map<
    string,
    { readonly delivery: Delivery; readonly branches: Map<string, Activation> }
  >()
  #processes = 0

  read(line: WorkerLogLine): void {
    switch (line[0]) {
      case 'process':
        this.#processes++
        this.files = []
        break
      case 'file':
        this.#file(line)
        break
      case 'delivery':
        this.#delivery(line)
        break
      case 'reached':
        this.#reached(line)
        break
      case 'called':
        this.called.push(line[1])
        break
      case 'struck':
        this.struckAt ??= line[1]
    }
  }

  #file([, id, path, root, hash, table]: WorkerLogLine & { 0: 'file' }): void {
    const count = (JSON.parse(table as string) as unknown[]).length
    const s = new Uint8Array(count)
    this.files[id as number] = { path, root, hash, table, s } as FileRecord
  }

  #delivery([, job, jobId, delivery, , at]: WorkerLogLine & { 0: 'delivery' }): void {
    const identity = { jobId, name: job, ordinal: delivery, worker: `worker ${this.#processes}` } as {
      jobId: string
      name: string
      ordinal: number
      worker: string
    }
    const begun = new Delivery(identity, offMode, noClock)
    this.#begun.set(`${jobId}/${delivery}`, { delivery: begun, branches: new Map([['0', begun.root]]) })
    const { ordinal } = identity
    this.deliveries.push({
      job: identity.name,
      jobId: identity.jobId,
      delivery: ordinal,
      process: this.#processes,
      at: new Date(at as number),
    })
  }

  #reached([, jobId, ordinal, file, index, branch, hit]: WorkerLogLine & { 0: 'reached' }): void {
    const { delivery, branches } = this.#begun.get(`${jobId}/${ordinal}`)!
    const activation = activationAt(branches, branch as string, delivery)
    const record = this.files[file as number]!
    this.reached.push({ delivery, activation, file: record, index: index as number, hit: hit as number })
  }
}

/** `0.2.1` is the first call made by the second call that the delivery made. */
function activationAt(branches: Map<string, Activation>, path: string, delivery: Delivery): Activation {
  let known = branches.get(path)
  if (known === undefined) {
    const cut = path.lastIndexOf('.')
    const parent = activationAt(branches, path.slice(0, cut), delivery)
    branches.set(path, (known = new Activation(delivery, parent, Number(path.slice(cut + 1)))))
  }
  return known
}
