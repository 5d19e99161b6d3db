import type { ScenarioResult } from '../../model/result.ts'
import { bounded } from '../bounded.ts'
import { makeSimulation, type Simulation } from '../define-simulation.ts'
import { checkFirstName } from '../option-values.ts'
import { ResilienceError, type SimulationReport } from '../report.ts'
import { type WorkerAssertions, type WorkerOptions, type WorkerPlan, workerPlan } from './options.ts'
import { RunFolder } from './run-folder.ts'
import { WorkerSimulation } from './worker-simulation.ts'

/**
 * Starts the user's own worker program as a process, kills it exactly at each point in turn, starts it again, and
 * runs the assertions once the queue is idle: the slow, true form of the fault `crash` (SIGKILL) and of `interrupt`
 * (SIGTERM). Never throws for a failing scenario. Time is real: a lock of 30 s lapses after 30 s.
 *
 * @example
 * ```ts
 * const report = await simulateWorkers(
 *   {
 *     worker: { file: 'src/worker.ts', env: { LOCK_MS: '200' } },
 *     deliveries: 'src/jobs/charge.ts#charge',
 *     setup: freshDatabase,
 *     enqueue: () => queue.add('charge', { orderId: 7 }),
 *     idle: async () => (await queue.getJobCountByTypes('wait', 'active', 'delayed')) === 0,
 *   },
 *   async (run, db) => (await db.charges()).length === 1,
 * )
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`; `FAULTLINE_WORKER` where the program ends by itself;
 * `FAULTLINE_NO_POINTS` where no delivery reached a point; `FAULTLINE_ABORTED`.
 */
export function simulateWorkers<W = undefined>(
  first: WorkerOptions<W> | WorkerAssertions<W>,
  second?: WorkerAssertions<W> | WorkerOptions<W>,
): Promise<SimulationReport> {
  return simulateWorkerPlan(workerPlan(first, second))
}

/**
 * As {@link simulateWorkers}, and throws unless every scenario survived.
 *
 * @throws ResilienceError with the `report`; its message is the terminal report.
 */
export async function runWorkers<W = undefined>(
  first: WorkerOptions<W> | WorkerAssertions<W>,
  second?: WorkerAssertions<W> | WorkerOptions<W>,
): Promise<SimulationReport> {
  const report = await simulateWorkers(first, second)
  if (report.failures.length > 0) throw new ResilienceError(report)
  return report
}

/**
 * For `faultline kill`, as the default export of a file: {@link simulateWorkers} when it is asked for.
 *
 * @example
 * ```ts
 * export default defineWorkers('charge', { worker: 'src/worker.ts', deliveries, enqueue, idle, setup }, assertions)
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`
 */
export function defineWorkers<W = undefined>(
  name: string,
  first: WorkerOptions<W> | WorkerAssertions<W>,
  second?: WorkerAssertions<W> | WorkerOptions<W>,
): Simulation {
  checkFirstName(name, 'defineWorkers(name, options, assertions)')
  const plan = { ...workerPlan(first, second), name }
  const { options } = plan
  const run: Simulation['run'] = ({ signal, command, onProgress, onResult } = {}) => {
    const signals = [options.signal, signal].filter((one) => one !== undefined)
    const told = (done: number, total: number): void => {
      options.onProgress?.(done, total)
      onProgress?.(done, total)
    }
    const more = signals.length === 0 ? undefined : { signal: AbortSignal.any(signals) }
    return simulateWorkerPlan(
      { ...plan, options: { ...options, ...more, onProgress: told }, command },
      onResult,
    )
  }
  return makeSimulation(name, run, true)
}

/** As {@link simulateWorkers}, for options that were checked before. */
export async function simulateWorkerPlan<W>(
  plan: WorkerPlan<W>,
  onResult?: (result: ScenarioResult) => void,
): Promise<SimulationReport> {
  const folder = new RunFolder()
  let dispose: unknown
  try {
    dispose = await bounded('boot', () => plan.options.boot?.())
    return await new WorkerSimulation(plan, folder, onResult).run()
  } finally {
    folder.remove()
    if (typeof dispose === 'function') await bounded('What boot returned', () => (dispose as () => unknown)())
  }
}
