import { FaultlineError } from '../model/error.ts'
import type { InjectedFault, ScenarioResult, TimelineEvent } from '../model/result.ts'
import { bypassed, checks, type Finding } from '../oracle/index.ts'
import type { Session } from '../perform/index.ts'
import { arm, armPlace, eventLoopTurn, InjectMode, RecordMode } from '../runtime/index.ts'
import type { Baseline } from './baseline.ts'
import { MemoryUse } from './memory-use.ts'
import type { SimulationOptions } from './options.ts'
import type { OtherPayload } from './payloads.ts'
import { Pruning, SameState } from './prune.ts'
import { type RecordedPoint, recordedPoints } from './recorded.ts'
import type { Runner } from './run.ts'
import type { RunEnd } from './run-plan.ts'
import type { PlannedScenario } from './scenarios.ts'
import { noteStrike, targetOf } from './target.ts'
import { hashOf, printToken } from './token.ts'

/** Runs the scenarios of one simulation and says what came of each. */
export class Trial<W> {
  readonly results: ScenarioResult[] = []
  /** How many were run and cannot be judged, by fault and reason. */
  readonly notApplicable: Map<string, Map<string, number>> = new Map()
  /** How many were run. */
  ran = 0
  /** Where crashes that leave the same state behind are run once. */
  readonly pruning: Pruning<W> | undefined
  readonly #memory: MemoryUse
  readonly #runner: Runner<W>
  readonly #token: (scenario: string) => string
  /** Survivors whose rejections the event loop has not reported yet. */
  #recent: { readonly position: number; readonly end: RunEnd; readonly scenario: PlannedScenario }[] = []

  constructor(runner: Runner<W>, { files, points }: Baseline) {
    this.#runner = runner
    const { prune } = runner.setup.options
    this.pruning = prune && new Pruning(prune)
    this.#memory = MemoryUse.of(points)
    const { name, seed, nowMs } = runner.setup
    const hash = hashOf(files)
    this.#token = (scenario) => printToken({ name, scenario, seed, now: new Date(nowMs), hash })
  }

  /**
   * One scenario, and a second time where it failed: what fails is believed only if it fails again. With `recording`,
   * resolves to the points that a survivor reached after the last fault. Where it is not to count, only for these.
   */
  async run(scenario: PlannedScenario, recording = false, counts = true): Promise<readonly RecordedPoint[]> {
    const first = await this.#unlessPruned(scenario, recording)
    this.ran++
    if (first === undefined) {
      if (counts) this.pruning!.skipped++
      return []
    }
    this.pruning?.ended(scenario.id, first.outcome)
    if (!counts) return isSurvivor(first) ? first.after : []
    if (first.outcome !== 'unreached' && first.end.notApplicable !== undefined) {
      this.#setAside(scenario, first.end.notApplicable)
      return []
    }
    if (first.outcome === 'survived') {
      this.#recent.push({ position: this.results.push(first.result) - 1, end: first.end, scenario })
      return first.after
    }
    this.results.push(first.outcome === 'failed' ? await this.#again(scenario, first) : first.result)
    return []
  }

  /** What failed is run once more, and recorded: it must fail again, and a line to blame shows only there. */
  async #again(scenario: PlannedScenario, first: Attempt): Promise<ScenarioResult> {
    // What goes round for ever is not written down.
    const second = await this.#attempt(scenario, first.result.reason !== 'runaway')
    if (second.outcome === 'survived')
      return { ...first.result, outcome: 'flaky', otherTimeline: second.result.timeline }
    const { reason, error, blame } = second.result
    if (reason === 'rejection' || reason === 'unsettled') {
      if (reason !== first.result.reason || blame === undefined) return first.result
      return { ...first.result, blame, ...(error === undefined ? undefined : { error }) }
    }
    const returned = reason === first.result.reason ? bypassed(reason, second.end.session) : undefined
    return {
      ...first.result,
      ...(returned === undefined || first.result.blame !== undefined ? undefined : { blame: returned }),
      ...(await this.#rejectionOf(second)),
    }
  }

  /** What a run left behind that nobody handled: known after a turn of the event loop. */
  async #rejectionOf({ end: { session }, result }: Attempt): Promise<Finding | undefined> {
    if (!isAsked(this.#runner.setup.options, result)) return undefined
    await eventLoopTurn()
    return rejectionsIn(session)
  }

  /** One payload of another release, without faults; a second time where it failed. */
  async runPayload(payload: OtherPayload, index: number): Promise<void> {
    const first = { ...(await this.#deliver(payload)), index }
    this.ran++
    const second = first.outcome === 'failed' ? await this.#deliver(payload) : first
    this.results.push(
      second.outcome === first.outcome
        ? first
        : { ...first, outcome: 'flaky', otherTimeline: second.timeline },
    )
  }

  async #deliver(payload: OtherPayload): Promise<ScenarioResult> {
    const mode = new RecordMode()
    const { id } = payload
    const end = await this.#runner.run({ id, faults: [], payload, mode, patient: true, arm: () => arm(mode) })
    return this.#result(id, [], end, end.finding === undefined ? 'survived' : 'failed', end.finding)
  }

  /** Runs a scenario for the points that it reaches after its last fault, and counts it not. */
  async explore(scenario: PlannedScenario): Promise<readonly RecordedPoint[]> {
    return (await this.#attempt(scenario, true)).after
  }

  /** After a turn of the event loop: survivors that left an unhandled rejection behind did not survive. */
  async lookBack(): Promise<void> {
    const recent = this.#recent
    this.#recent = []
    for (const { position, end, scenario } of recent) {
      const result = this.results[position]!
      const finding = isAsked(this.#runner.setup.options, result) ? rejectionsIn(end.session) : undefined
      if (finding === undefined) continue
      const again = await this.#rejectionOf(await this.#attempt(scenario, true))
      this.results[position] = { ...result, outcome: 'failed', ...finding, ...again }
    }
  }

  #setAside({ strikes }: PlannedScenario, reason: string): void {
    const { name } = strikes.find(({ fault }) => fault.permanent)!.fault
    const reasons = this.notApplicable.get(name) ?? new Map<string, number>()
    this.notApplicable.set(name, reasons.set(reason, (reasons.get(reason) ?? 0) + 1))
  }

  /** The result of a work that is wrong without any fault. */
  baselineFailure(finding: Finding, timeline: readonly TimelineEvent[]): ScenarioResult {
    return {
      id: 'baseline',
      faults: [],
      outcome: 'failed',
      ...finding,
      replay: this.#token('baseline'),
      timeline,
    }
  }

  /** Notes a scenario that could not be run, because a set-up threw: who reads the report must not miss it. */
  notRun(
    { id, strikes = [], index }: { id: string; strikes?: PlannedScenario['strikes']; index: number },
    error: Error,
  ): void {
    const known = this.results.some((result) => result.id === id)
    this.results.push({
      // Where it was run itself, it is one that extends it.
      id: known ? `${id}+…` : id,
      index,
      faults: strikes.map(({ fault, recorded }) => ({ fault: fault.name, point: recorded.point })),
      outcome: 'failed',
      reason: 'not-run',
      error,
      replay: this.#token(id),
      timeline: [],
    })
  }

  /** Nothing where its crash leaves a state behind that another one did. */
  async #unlessPruned(scenario: PlannedScenario, recording: boolean): Promise<Attempt | undefined> {
    try {
      return await this.#attempt(scenario, recording, this.pruning)
    } catch (error) {
      if (!(error instanceof SameState)) throw error
      return undefined
    }
  }

  async #attempt(
    { id, strikes, index }: PlannedScenario,
    recording: boolean,
    pruning?: Pruning<W>,
  ): Promise<Attempt> {
    const faults: InjectedFault[] = strikes.map(({ fault, recorded }) => ({
      fault: fault.name,
      point: recorded.point,
    }))
    let session: Session | undefined
    const targets = strikes.map(({ fault, recorded }) =>
      targetOf(fault, recorded, (...strike) => noteStrike(session!, ...strike)),
    )
    const mode = new InjectMode(targets, recording)
    const end = await this.#runner.run({
      id,
      faults,
      mode,
      ...(pruning !== undefined &&
        strikes.at(-1)!.fault.name === 'crash' && {
          crashed: async (crashed, world) => {
            if (targets.every(({ fired }) => fired)) await pruning.crashed(id, crashed, world as W)
          },
        }),
      arm: (started) => {
        session = started
        const [only] = targets
        if (recording || targets.length > 1 || only!.file === undefined) arm(mode)
        else armPlace(mode, only!.file, only!.index)
      },
    })
    const unfired = targets.findIndex(({ fired }) => !fired)
    const finding = unfired < 0 ? end.finding : { reason: undefined, error: unreached(strikes[unfired]!.id) }
    const outcome = unfired >= 0 ? 'unreached' : outcomeOf(end, faults)
    const result = { ...this.#result(id, faults, end, outcome, finding), index }
    const { reached, after } = mode.recorded
    return { outcome, result, end, after: reached.length > after ? recordedPoints(reached).slice(after) : [] }
  }

  #result(
    id: string,
    faults: readonly InjectedFault[],
    { session }: RunEnd,
    outcome: ScenarioResult['outcome'],
    finding: (Omit<Finding, 'reason'> & { readonly reason: Finding['reason'] | undefined }) | undefined,
  ): ScenarioResult {
    const approximate = this.#memory.approximate(faults, session)
    return {
      id,
      faults,
      outcome,
      ...(finding?.reason === undefined ? undefined : { reason: finding.reason }),
      ...(finding === undefined ? undefined : { error: finding.error }),
      ...(finding?.blame === undefined ? undefined : { blame: finding.blame }),
      ...(approximate === undefined ? undefined : { approximate }),
      ...(session.clock.timingReal ? { timing: 'real' as const } : undefined),
      replay: this.#token(id),
      timeline: session.timeline,
    }
  }
}

interface Attempt {
  readonly outcome: ScenarioResult['outcome']
  readonly result: ScenarioResult
  readonly end: RunEnd
  /** What was reached after the last fault struck; recorded only where it was asked for. */
  readonly after: readonly RecordedPoint[]
}

function isSurvivor({ outcome, end }: Attempt): boolean {
  return outcome === 'survived' && end.notApplicable === undefined
}

/** The faults that consume an attempt of every queue; at settle only the acknowledgement is lost. */
const consuming = new Set(['error', 'timeout'])
/** Those that do so where the death of a worker counts as a failed attempt. */
const deadly = new Set(['crash', 'stall', 'interrupt'])

/** Where several faults alone use up the attempts of the job that died, nobody is to blame. */
function outcomeOf(
  { finding, session }: RunEnd,
  faults: readonly InjectedFault[],
): ScenarioResult['outcome'] {
  if (finding === undefined) return 'survived'
  if (finding.reason !== 'dead' || faults.length < 2) return 'failed'
  const { dead, capabilities } = session.queue
  const consumes = ({ fault, point }: InjectedFault): boolean =>
    (consuming.has(fault) && point.kind !== 'settle') ||
    (capabilities.deathConsumesAttempt && (deadly.has(fault) || point.kind === 'settle'))
  // None where what ended the run kept the job from its next attempt.
  if (dead.length === 0) return 'failed'
  const usedUp = dead.every(
    ({ id, attempt }) =>
      faults.filter((injected) => injected.point.jobId === id && consumes(injected)).length >= attempt,
  )
  return usedUp ? 'beyond-policy' : 'failed'
}

function isAsked({ checks }: Pick<SimulationOptions, 'checks'>, { faults }: ScenarioResult): boolean {
  return checks?.rejections !== false && !faults.some(({ fault }) => fault === 'exhaust')
}

function rejectionsIn({ queue, deliveries }: Session): Finding | undefined {
  return checks.rejections({ queue, deliveries }) as Finding | undefined
}

function unreached(id: string): FaultlineError {
  return new FaultlineError('FAULTLINE_UNREACHED', {
    message: `The fault of ${id} never struck: the run did not reach that point, although the run without faults did.`,
    hint: 'Something outside of the job decides which way it takes: what a run leaves behind must be reset in `setup`.',
  })
}
