import { memoryOf } from '../runtime/index.ts'
import { type Baseline, baseline } from './baseline.ts'
import { aborted } from './levels.ts'
import { countOutside } from './outside.ts'
import { archivedPayloads, archiveOfWork, type OtherPayload, payloadsOf } from './payloads.ts'
import type { RecordedPoint } from './recorded.ts'
import type { Runner } from './run.ts'
import { type Plan, Planner } from './scenarios.ts'
import { Trial } from './trial.ts'

/** What is known of a simulation before the first fault. */
export interface Prepared<W> {
  readonly unfaulted: Baseline
  readonly trial: Trial<W>
  /** Functions that stand for other systems, as far as they were seen. */
  readonly outside: ReturnType<typeof countOutside>
  readonly planner: Planner
  /** Empty where the job is wrong without any fault. */
  readonly plan: Plan
  readonly payloads: readonly OtherPayload[]
}

/** The runs without faults, and what follows from them. */
export async function prepare<W>(runner: Runner<W>): Promise<Prepared<W>> {
  const { work, options } = runner.setup
  const { signal } = options
  const outside = countOutside()
  archiveOfWork(work)?.begin()
  const unfaulted = await baseline(runner).catch((error: unknown) => {
    throw signal?.aborted && error === signal.reason ? aborted(error, 'in the run without faults') : error
  })
  const trial = new Trial(runner, unfaulted)
  const { session, rootJobId } = unfaulted.end
  const { memory } = session.options
  const facts = ({ point: { job, jobId }, file, index }: RecordedPoint) => ({
    ...session.facts.get(jobId),
    sharesMemory: file !== undefined && memoryOf(file)[index] === 1 && !memory?.isOwn(job),
  })
  const planner = new Planner(options, rootJobId, facts, session.queue)
  const parts = { unfaulted, trial, outside, planner }
  if (unfaulted.finding !== undefined) {
    const notCovered = { scenarios: 'all: the run without faults is wrong already' }
    const plan = { scenarios: [], notApplicable: {}, notCovered, skipped: 0 }
    return { ...parts, plan, payloads: [] }
  }
  const payloads = [...payloadsOf(work, options.payloads), ...archivedPayloads(work)]
  return { ...parts, plan: planner.first(unfaulted.points, payloads.length), payloads }
}
