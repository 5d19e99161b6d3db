import { execution, soonWithin } from '../model/context.ts'
import { FaultlineError, isFaultlineError } from '../model/error.ts'
import type { InjectedFault } from '../model/result.ts'
import { type CheckName, checks, compareSnapshots, type Finding, fixSnapshot } from '../oracle/index.ts'
import type { Session } from '../perform/index.ts'
import { asError } from './as-error.ts'
import { bounded } from './bounded.ts'
import { failedByItself } from './once-port.ts'
import type { Assertions, RunInfo } from './options.ts'
import type { Performance, RunEnd, RunPlan, Setup } from './run-plan.ts'

/** What the end of one run says: the built-in checks, the snapshot, the assertions, in this order. */
export type Verdict = Pick<RunEnd, 'finding' | 'snapshot' | 'notApplicable'>

const checkNames = Object.keys(checks) as CheckName[]

/** Judges the end of each run. */
export class Judge<W> {
  readonly #setup: Setup<W>
  /** The state that `snapshot` must equal, once known. */
  expected: { readonly snapshot: unknown } | undefined

  constructor(setup: Setup<W>) {
    this.#setup = setup
  }

  async verdict(session: Session, plan: RunPlan, world: W, performed: Performance): Promise<Verdict> {
    const { options, assertions } = this.#setup
    const finding = this.#endedBadly(plan, performed)
    if (plan.faults.some(isLasting)) {
      const lasting = plan.faults.filter(isLasting)
      if (finding !== undefined) return { finding }
      if (!session.queue.dead.some(({ id }) => lasting.some(({ point }) => point.jobId === id)))
        return { finding, notApplicable: 'the job did not die of it' }
      return { finding: await this.#assert(session, plan, world, performed, options.whenDead) }
    }
    const broken = finding ?? (await this.#check(session, performed))
    if (broken !== undefined) return { finding: broken }
    const isRead = plan.payload === undefined && options.snapshot !== undefined
    const state = isRead ? await this.#snapshot(session, world) : undefined
    return {
      finding: state?.finding ?? (await this.#assert(session, plan, world, performed, assertions)),
      snapshot: state?.snapshot,
    }
  }

  /** It did not end, or a call that is its own delivery failed where nothing was injected. */
  #endedBadly(plan: RunPlan, { finding, failed }: Performance): Finding | undefined {
    const { options, name } = this.#setup
    if (failed !== undefined && plan.faults.length === 0) finding ??= failedByItself(name, failed)
    return options.checks?.completes === false ? undefined : finding
  }

  /** The first of the built-in checks that does not hold. */
  async #check(session: Session, { untilMs }: Performance): Promise<Finding | undefined> {
    const { queue, deliveries } = session
    const checked = untilMs === undefined ? { queue, deliveries } : { queue, deliveries, untilMs }
    for (const name of checkNames) {
      if (this.#setup.options.checks?.[name] === false) continue
      const found = checks[name](checked)
      const finding = found instanceof Promise ? await found : found
      if (finding !== undefined) return finding
    }
    return undefined
  }

  /** Reads the state, and compares it with the one expected. */
  async #snapshot(session: Session, world: W): Promise<Verdict> {
    const { snapshot: read, mask = [], signal } = this.#setup.options
    if (read === undefined) return { finding: undefined }
    let state: unknown
    try {
      state = await execution.run(session.quietContext('judge'), () =>
        bounded('snapshot', () => read(world), signal),
      )
    } catch (error) {
      if (isFaultlineError(error) || isCancelled(error, signal)) throw error
      return { finding: { reason: 'snapshot', error: asError(error) } }
    }
    const snapshot = fixSnapshot(state)
    return { finding: this.expected && compareSnapshots(this.expected.snapshot, snapshot, mask), snapshot }
  }

  async #assert(
    session: Session,
    plan: RunPlan,
    world: W,
    performed: Performance,
    assertions: Assertions<W> | undefined,
  ): Promise<Finding | undefined> {
    if (assertions === undefined) return undefined
    const { signal } = this.#setup.options
    const { queue } = session
    const last = queue.performed.findLast(
      (record) => record.id === performed.rootJobId && record.outcome === 'completed',
    )
    const info: RunInfo = {
      faults: plan.faults,
      queue,
      performed: queue.performed,
      dead: queue.dead,
      now: queue.now,
      result: last === undefined ? performed.result : last.result,
      id: plan.id,
    }
    try {
      const verdict = await soonWithin(session.quietContext('judge'), () =>
        bounded('The assertions', () => assertions(info, world), signal),
      )
      if (verdict !== false) return undefined
      return {
        reason: 'assertion',
        error: new FaultlineError('FAULTLINE_ASSERTION', { message: 'The assertions returned false.' }),
      }
    } catch (error) {
      if (isCancelled(error, signal)) throw error
      return { reason: 'assertion', error: asError(error) }
    }
  }
}

/** One that never goes away. */
function isLasting({ fault }: InjectedFault): boolean {
  return fault === 'exhaust'
}

function isCancelled(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && error === signal.reason
}
