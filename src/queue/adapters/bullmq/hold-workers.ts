import type { WorkerInternals } from './driver.ts'

type Run = WorkerInternals['run']

/**
 * Until the returned function is called, workers of these queues that are made do not start their loops: an application
 * that boots again would work off in real time what waits, before anybody can take its workers over.
 */
export function holdWorkers(workers: readonly WorkerInternals[]): () => void {
  const queues = new Set(workers.map(({ qualifiedName }) => qualifiedName))
  const releases = [...new Set(workers.map(classOf))].map((held) => hold(held, queues))
  return () => {
    for (const release of releases) release()
  }
}

/** Only assigns: to define properties of a class makes all of its code slow. */
function hold(held: { run: Run }, queues: ReadonlySet<string>): () => void {
  const { run } = held
  const holding: Run = async function (this: WorkerInternals) {
    if (!queues.has(this.qualifiedName)) return run.call(this)
  }
  held.run = holding
  return () => {
    if (held.run === holding) held.run = run
  }
}

/** The prototype whose `run` a worker has. */
function classOf(worker: WorkerInternals): { run: Run } {
  let prototype = Object.getPrototypeOf(worker) as { run: Run }
  while (!Object.hasOwn(prototype, 'run')) prototype = Object.getPrototypeOf(prototype) as { run: Run }
  return prototype
}
