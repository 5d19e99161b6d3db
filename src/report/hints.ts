import { isGivenUp } from '../model/delivery.ts'
import type { PointKind } from '../model/point.ts'
import type { FaultName, Reason, ScenarioResult } from '../model/result.ts'
import { isBare } from './headline.ts'
import { siteOf } from './place.ts'

const AGAIN =
  'Let a repeat redo nothing that is done (a key that is the same on every attempt) and skip nothing that is not; or do both in one transaction.'

/** That there is more of it than any job means. */
const MANY = 20

/** What to do where the end state is wrong, by the fault that struck. */
const WRONG_STATE: Record<FaultName, string> = {
  crash: `What stands before this point was done, what follows was not, and the next delivery started from the top. ${AGAIN}`,
  error: `What stands before this point was done, then the attempt failed, and the retry started from the top. ${AGAIN}`,
  stall:
    'Two workers held the job at once: the lock of the frozen one lapsed, and it wrote after the other. Write only while still the holder: a version check, a fencing token or a unique key.',
  interrupt:
    'The worker was told to stop in the middle. Save how far it got, finish, or reject with `signal.reason`; do not end as if all was done.',
  timeout:
    'The attempt was failed by its time-out, but its code ran on beside the retry. Stop at `signal`, or make both harmless together.',
  delay:
    'Much time passed at this point. What was checked before it may no longer hold: check again where you write, or make check and write one statement.',
  rival: 'Another writer came in between. Lock the row, or write only if it is still as it was read.',
  duplicate:
    'The job was delivered again after it had ended. Let a unique key decide whether the work is already done.',
  reorder: 'These jobs may start in any order. Do not rely on it, or give them one key or chain them.',
  eager:
    'The enqueued job started before its caller had committed. Enqueue after the commit or inside the transaction, or let the job fail until it finds its data.',
  exhaust: 'The job died for good here. `onDead` must undo or report what was already done.',
}

/** Where the kind of the point says more. */
const AT_CRASH: Partial<Record<PointKind, string>> = {
  await: `What this line awaited was done, but its answer was lost with the worker, and the next delivery started from the top. ${AGAIN}`,
  line: `The effect before this line happened, the next did not, and the next delivery started from the top. ${AGAIN}`,
  settle: `The work was done, but the queue never learnt it and delivered the job once more. ${AGAIN}`,
}
const AT_ERROR: Partial<Record<PointKind, string>> = {
  await: `What this line awaited was done, but its answer was lost, and the retry started from the top. ${AGAIN}`,
  line: `The effect before this line happened, the next did not, and the retry started from the top. ${AGAIN}`,
  settle: AT_CRASH.settle!,
}

const REASONS: Record<Exclude<Reason, 'assertion' | 'snapshot' | 'dead' | 'hung' | 'not-run'>, string> = {
  runaway:
    'Jobs that keep enqueueing jobs never run out. Give the chain an end, or simulate up to a cutoff: `within`.',
  unsettled:
    'An `await` is missing: this code still ran when its job had ended, so the queue may stop the worker in the middle of it. Await it, or return its promise.',
  rejection:
    'A promise failed with nobody waiting for it; in production that ends the worker process. Await it, or give it a `.catch`.',
  undrained:
    'Jobs that were due are still waiting. Check what they wait for: a paused queue, a lock never released.',
  deadlock: 'Each waits for a lock that another one holds. Take the locks in the same order everywhere.',
  nondeterministic:
    'Two runs without any fault differ, so no fault can be judged. Look for state left over from the run before (reset it in `setup`), and for real time or randomness.',
}

const NOT_RUN =
  'Nothing was tested. What the run needs failed before it: a hook of the test, `boot`, `queue` or `setup`, or a file that could not be loaded.'
const RETURNED =
  'The promise is returned without `await`, so the `catch` around it never saw its error. Write `return await`.'

/** What to do about a failure; `undefined` where nothing true can be said. */
export function hintFor(reason: string, scenario: ScenarioResult | undefined): string | undefined {
  if (reason === 'nondeterministic') return REASONS.nondeterministic
  if (reason === 'not-run') return NOT_RUN
  if (scenario === undefined) return REASONS[reason as keyof typeof REASONS]
  if (scenario.outcome === 'flaky')
    return 'The same scenario failed, then passed. Something neither virtual nor seeded decides: real time, real concurrency, or state left over between runs. Compare the two timelines.'
  if (scenario.outcome === 'unreached')
    return 'The fault was set but the run never came there, so nothing was tested. The code took another path than in the run without faults: look for state left over between runs.'
  const fault = scenario.faults.at(-1)
  if (fault === undefined && !isBare(scenario))
    return 'A payload of another release waits in the queue when this one is deployed. Read both shapes until the last of the old ones is gone.'
  if (fault === undefined)
    return 'No fault was injected: the job, the setup or the assertion is wrong as it stands. Nothing else was run; fix this first.'
  if (scenario.blame !== undefined && blamesReturn(reason)) return RETURNED
  if (reason === 'dead') return deadHint(scenario)
  if (reason === 'hung') return hungHint(fault.fault)
  if (reason === 'runaway') return runawayHint(scenario)
  if (reason in REASONS) return REASONS[reason as keyof typeof REASONS]
  if (reason !== 'assertion' && reason !== 'snapshot') return undefined
  if (fault.fault === 'error' && !cameAgain(scenario))
    return 'The error was swallowed: the job ended as if all had gone well and was not tried again. Throw it on, or handle it so that the end state is right.'
  const { kind } = siteOf(fault.point)
  if (fault.fault === 'crash') return AT_CRASH[kind] ?? WRONG_STATE.crash
  if (fault.fault === 'error') return AT_ERROR[kind] ?? WRONG_STATE.error
  return WRONG_STATE[fault.fault]
}

/** The line to blame let an error pass by its `catch`: the other reasons blame something else. */
function blamesReturn(reason: string): boolean {
  return reason === 'dead' || reason === 'assertion' || reason === 'snapshot'
}

function deadHint(scenario: ScenarioResult): string {
  if (isGivenUp(scenario.error?.cause))
    return 'Its workers died more often than the queue allows, and it gave the job up without running it. Let it allow more deaths (`maxStalledCount` of a BullMQ worker, 1 by default), or look after the jobs that it gives up.'
  if (!cameAgain(scenario))
    return 'One passing fault killed the job for good: it was not tried again. No retries are configured (`attempts: 1`), or the code gave up on an error that passes.'
  return 'The fault struck once, yet every later attempt failed too: the first one left something behind that the next trips over. Let a repeated attempt find the work half done and carry on.'
}

function hungHint(fault: FaultName): string {
  if (fault === 'crash' || fault === 'stall')
    return 'Something waits for what the lost worker still holds: a lock, a connection, a transaction. Cut it in `onCrash`; `cutOnCrash(pool)` does so for a Postgres pool.'
  return 'Something was awaited that never settles after this fault. Give it a time-out or an `AbortSignal`.'
}

/** By what there was so much of. */
function runawayHint({ timeline, faults }: ScenarioResult): string {
  const deliveries = new Map<string, number>()
  let enqueued = 0
  for (const { kind, jobId, delivery } of timeline) {
    if (kind === 'enqueued' && delivery > 0) enqueued++
    else if (kind === 'retried' || kind === 'redelivered')
      deliveries.set(jobId, (deliveries.get(jobId) ?? 0) + 1)
  }
  if (enqueued >= MANY) return REASONS.runaway
  if (Math.max(0, ...deliveries.values()) >= MANY)
    return 'The same job is delivered over and over: no delivery of it comes to its end any more. Look for what each of them finds and turns back at: a lock or a flag that nobody clears, a checkpoint that never moves on.'
  const fault = faults.at(-1)?.fault
  if (fault === 'crash' || fault === 'stall')
    return 'It waits for ever for what the lost worker left behind: a lock, a flag. Give it an expiry, or let `onCrash` release what dies with a worker.'
  return 'One delivery never ends: a loop waits for something that does not happen after this fault. Give it an end, or a time-out.'
}

/** Whether the job was delivered more than once: retried, or redelivered. */
function cameAgain(scenario: ScenarioResult): boolean {
  const struck = scenario.faults.at(-1)?.point.jobId
  return scenario.timeline.some(
    ({ kind, jobId, delivery }) =>
      jobId === struck &&
      (kind === 'retried' || kind === 'redelivered' || (kind === 'started' && delivery > 1)),
  )
}
