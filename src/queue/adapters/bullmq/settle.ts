import type { DeliveryOutcome } from '../../../model/delivery.ts'
import type { Claim, DueWindow, Ending, QueueTime, Settlement } from '../../port.ts'
import type { AdapterRecords } from '../adapter-records.ts'
import type { Held } from './bullmq-claim.ts'
import type { Schedule } from './schedule.ts'

const COMPLETED: Settlement = { status: 'completed' }
const REFUSED: Settlement = { status: 'refused' }
const DEAD: Settlement = { status: 'dead' }

/** What one delivery is settled with. */
export interface SettleContext {
  readonly records: AdapterRecords
  readonly schedule: Schedule
  readonly time: QueueTime
}

/** Lets BullMQ settle a delivery, and records what it made of it. */
export async function settle(
  { records, schedule, time }: SettleContext,
  claim: Claim,
  { driven, job, token }: Held,
  ending: Ending,
  outcome: DeliveryOutcome | undefined,
  ahead: DueWindow | undefined,
): Promise<Settlement> {
  const isNextTaken = ending.ok && ahead !== undefined && schedule.isOrderOf(driven, ahead)
  const { finish, next } = await driven.finish(job, token, ending, isNextTaken)
  if (next !== undefined) schedule.takenAhead({ driven, job: next, token })
  if (finish.kind === 'refused') return REFUSED
  schedule.keepLock(driven, job.id!)
  if (finish.kind === 'completed') {
    records.write(claim, outcome ?? 'completed', ending)
    return COMPLETED
  }
  if (finish.kind === 'failed') {
    // A result that is no JSON fails a job that ended well.
    const failed: Ending = ending.ok ? { ok: false, error: finish.error } : ending
    if (finish.isDead) {
      records.writeDead(claim, failed, outcome)
      return DEAD
    }
    records.write(claim, outcome ?? 'failed', failed)
    return { status: 'retried', nextAtMs: time.nowMs() + finish.delayMs }
  }
  const state = await driven.worker.getBackend().getState(job.id!)
  if (state === 'completed' || state === 'failed' || state === 'unknown') {
    if (state === 'failed') records.writeDead(claim, ending, outcome)
    else records.write(claim, outcome ?? 'completed', ending)
    return state === 'failed' ? DEAD : COMPLETED
  }
  if (state === 'active') {
    // It could not settle the job: a backoff that throws. Nobody renews its lock any more.
    const nextAtMs = time.nowMs() + driven.worker.opts.lockDuration
    records.write(claim, outcome ?? 'failed', ending)
    schedule.lapseAt(driven, claim, job.id!, nextAtMs)
    return { status: 'retried', nextAtMs }
  }
  records.write(claim, outcome ?? 'rescheduled', ending)
  return { status: 'rescheduled', nextAtMs: await schedule.dueMs(driven, job.id!) }
}
