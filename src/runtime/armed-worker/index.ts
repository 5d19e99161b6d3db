import type { WorkerArming } from '../../model/worker-log.ts'
import { arm, switchOn } from '../arming.ts'
import { installProbes } from '../probes.ts'
import { type Probes, shared } from '../shared.ts'
import { Entries } from './entries.ts'
import { holdLifeline } from './lifeline.ts'
import { OpenDeliveries } from './open-deliveries.ts'
import { WorkerLog } from './worker-log.ts'
import { WorkerMode } from './worker-mode.ts'

/** Makes this process one whose deliveries are traced, or one that dies at a point; before the program is loaded. */
export function armWorker({ log: file, deliveries, traced, target }: WorkerArming): void {
  holdLifeline(file)
  const log = new WorkerLog(file)
  const mode = new WorkerMode(log, traced, target)
  // Time is real: timers are what they are.
  installProbes((timer) => timer)
  const entries = new Entries(deliveries)
  Object.assign(
    shared,
    new OpenDeliveries({ ...(shared as Probes) }, { entries, log, mode, traced }).probes(),
  )
  switchOn()
  arm(mode)
}
