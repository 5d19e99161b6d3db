import type { DueWindow, Ending, Settlement } from '../queue/port.ts'
import type { Running } from './running.ts'

/** The worker is gone, froze or gave up: the queue delivers the job again. */
export async function expire(
  { session, claim, port }: Running,
  outcome: 'crashed' | 'lost' | 'stalled' | 'interrupted',
): Promise<void> {
  const atMs = await port.expire(claim, outcome)
  session.costMs += Math.max(0, atMs - session.queue.time.nowMs())
  session.nextWorker()
}

/** How the delivery ended; the queue makes of it what it does. */
export async function settle(
  running: Running,
  ending: Ending,
  outcome?: 'timedOut',
  ahead?: DueWindow,
): Promise<Settlement['status']> {
  const { session, claim, port, worker } = running
  const settlement = await port.settle(claim, ending, outcome, ahead)
  const detail = ending.ok ? undefined : describe(ending.error)
  if (settlement.status === 'retried') {
    session.costMs += Math.max(0, settlement.nextAtMs! - session.queue.time.nowMs())
    session.note('failed', claim, detail, undefined, worker)
  } else if (settlement.status === 'refused') {
    session.note('refused', claim, detail, undefined, worker)
  } else {
    session.note(settlement.status, claim, detail, undefined, worker)
  }
  return settlement.status
}

/** An error in one line of a timeline. */
export function describe(error: unknown): string {
  if (error instanceof Error)
    return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`
  return String(error)
}
