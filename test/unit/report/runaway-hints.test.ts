import { expect, test } from 'vitest'
import type { FaultName, ScenarioResult, TimelineEvent } from '../../../src/model/result.ts'
import { hintFor } from '../../../src/report/hints.ts'

const event = (kind: TimelineEvent['kind'], jobId: string, delivery: number): TimelineEvent => ({
  at: 0,
  kind,
  job: 'job',
  jobId,
  delivery,
  worker: 'worker 1',
})
const times = (count: number, make: (index: number) => TimelineEvent) =>
  Array.from({ length: count }, (_, i) => make(i))

function hint(fault: FaultName, timeline: TimelineEvent[]): string | undefined {
  const point = { kind: 'line', file: 'a.ts', line: 1, also: [] }
  const scenario = {
    id: 'x',
    outcome: 'failed',
    reason: 'runaway',
    faults: [{ fault, point }],
    replay: '',
    timeline,
  }
  return hintFor('runaway', scenario as unknown as ScenarioResult)
}

test('a run that never ends: by what there was so much of', () => {
  const chain = times(30, (i) => event('enqueued', `job-${i}`, 1))
  const again = times(30, (i) => event('retried', 'job-1', i + 2))
  expect(hint('crash', chain)).toContain('keep enqueueing jobs')
  expect(hint('crash', again)).toContain('delivered over and over')
  expect(hint('crash', [event('started', 'job-1', 1)])).toContain('what the lost worker left behind')
  expect(hint('error', [event('started', 'job-1', 1)])).toContain('One delivery never ends')
})
