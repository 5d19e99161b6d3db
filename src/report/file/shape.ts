import { below, type Check, count, flag, list, number, object, oneOf, record, text } from './check.ts'
import type { SimulationEntry } from './report-file.ts'

const summary = object({
  points: count,
  scenarios: count,
  survived: count,
  failed: count,
  unreached: count,
  flaky: count,
  beyondPolicy: count,
  notApplicable: record(text),
  skipped: count,
  notCovered: record(text),
  exhaustive: flag,
  resilience: number,
  durationMs: number,
  seed: number,
  now: text,
})
const point = object({
  kind: oneOf('line', 'call', 'return', 'await', 'enqueue', 'settle', 'start'),
  key: text,
  file: text,
  line: count,
  column: count,
  function: text,
  canFail: flag,
  pausable: flag,
  also: list(object({ kind: text, key: text, line: count })),
  hit: count,
  attempt: count,
  job: text,
  jobId: text,
})
const error = object({ name: text, title: text, 'rest?': list(text), 'hint?': text, 'thrownAt?': text })
const blame = object({ file: text, line: count, function: text })
const outcome = oneOf('survived', 'failed', 'unreached', 'flaky', 'beyond-policy')

function scenario(points: number, errors: number): Check {
  const event = object({
    at: number,
    kind: text,
    job: text,
    jobId: text,
    delivery: count,
    worker: text,
    'detail?': text,
    'point?': below(points),
  })
  return object({
    id: text,
    index: count,
    faults: list(object({ fault: text, point: below(points) })),
    outcome,
    'reason?': text,
    'error?': below(errors),
    'blame?': blame,
    'approximate?': text,
    'timing?': text,
    replay: text,
    'timeline?': list(event),
    'otherTimeline?': list(event),
  })
}

const outer = object({
  name: text,
  'testFile?': text,
  'command?': text,
  'shard?': object({ index: count, count, 'merged?': list(count), others: count, 'alike?': count }),
  summary,
  points: list(point),
  errors: list(error),
})

/** An entry, then its rows: their indexes are judged by the tables. */
const simulation: Check = (value, path) => {
  const wrong = outer(value, path)
  if (wrong !== undefined) return wrong
  const { points, errors } = value as SimulationEntry
  return object({
    causes: list(
      object({
        reason: text,
        message: text,
        'point?': below(points.length),
        'blame?': blame,
        scenarios: list(text),
      }),
    ),
    scenarios: list(scenario(points.length, errors.length)),
  })(value, path)
}

const race = object({
  name: text,
  'testFile?': text,
  'command?': text,
  racers: list(text),
  'shard?': object({ index: count, count, runBy: count }),
  summary: object({
    schedules: text,
    run: count,
    failed: count,
    deadlocks: count,
    guarantee: text,
    exhaustive: flag,
    seed: number,
    durationMs: number,
  }),
  failures: list(
    object({
      schedule: text,
      outcome: text,
      'reason?': text,
      'error?': error,
      replay: text,
      steps: list(object({ racer: count, file: text, line: count, text, 'blocked?': flag })),
    }),
  ),
  'notCovered?': record(text),
})

/** What a report file of this version looks like, but for its head. */
export const shape: Check = object({
  faultline: text,
  simulations: list(simulation),
  races: list(race),
  sources: record(text),
})
