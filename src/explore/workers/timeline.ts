import type { InjectedFault, TimelineEvent, TimelineKind } from '../../model/result.ts'
import type { AttemptEnd } from './attempt.ts'

/** What happened in a scenario, as if it had begun when the simulation did. */
export function timelineOf(
  { log, startedAt, endedAt, killedAt }: AttemptEnd,
  faults: readonly InjectedFault[],
  now: Date,
): TimelineEvent[] {
  const at = (real: number): number => now.getTime() + real - startedAt
  const events: TimelineEvent[] = log.deliveries.map(({ job, jobId, delivery, process, at: began }) => ({
    at: at(began.getTime()),
    kind: delivery === 1 ? 'started' : 'redelivered',
    job,
    jobId,
    delivery,
    worker: `worker ${process}`,
  }))
  const [injected] = faults
  if (log.struckAt !== undefined && injected !== undefined) {
    const { fault, point } = injected
    const common = {
      at: at(log.struckAt),
      job: point.job,
      jobId: point.jobId,
      delivery: point.attempt,
      worker: 'worker 1',
    }
    const then: TimelineKind = fault === 'crash' ? 'crashed' : 'interrupted'
    events.push({ ...common, kind: 'glitched', detail: fault, point }, { ...common, kind: then })
    if (killedAt !== undefined)
      events.push({ ...common, at: at(killedAt), kind: 'crashed', detail: 'it had not stopped in time' })
  }
  const [first] = log.deliveries
  events.push({
    at: at(endedAt),
    kind: 'checked',
    job: first?.job ?? '',
    jobId: first?.jobId ?? '',
    delivery: 0,
    worker: '',
  })
  return events.sort((a, b) => a.at - b.at)
}
