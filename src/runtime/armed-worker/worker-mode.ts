import type { WorkerSignal, WorkerTarget } from '../../model/worker-log.ts'
import type { Activation } from '../activation.ts'
import type { Delivery } from '../delivery.ts'
import type { Mode, Strike } from '../mode.ts'
import type { FileRecord } from '../shared.ts'
import type { WorkerLog } from './worker-log.ts'

/** Writes down the points that real deliveries reach, or ends the process at one of them. */
export class WorkerMode implements Mode {
  readonly name = 'worker'
  /** As where faults are injected: a promise that is returned has its effect first. */
  readonly returns?: 'reached'
  readonly #log: WorkerLog
  readonly #traced: boolean
  #target: WorkerTarget | undefined

  constructor(log: WorkerLog, traced: boolean, target: WorkerTarget | undefined) {
    this.#log = log
    this.#traced = traced
    this.#target = target
    if (target !== undefined) this.returns = 'reached'
  }

  arm(file: FileRecord): void {
    file.s.fill(1)
  }

  reach(delivery: Delivery, file: FileRecord, index: number, activation: Activation): Strike | undefined {
    const { jobId, ordinal } = delivery.identity
    const hit = activation.countHit(file, index)
    if (this.#traced) this.#log.reached(jobId, ordinal, file, index, activation.path, hit)
    const target = this.#target
    if (target === undefined || target.index !== index || target.hit !== hit) return undefined
    if (target.file !== file.path || target.branch !== activation.path) return undefined
    if (target.jobId !== jobId || target.delivery !== ordinal) return undefined
    this.#target = undefined
    return { strike: () => this.#strike(target.signal) }
  }

  #strike(signal: WorkerSignal): false {
    this.#log.struck()
    process.kill(process.pid, signal)
    // The signal ends all threads, but at the system's leisure: no further line may run until then.
    if (signal === 'SIGKILL') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    return false
  }
}
