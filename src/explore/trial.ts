import { FaultlineError } from '../model/error.ts'
import type { InjectedFault, ScenarioResult, TimelineEvent } from '../model/result.ts'
import { checks, type Finding } from '../oracle/index.ts'
import type { Session } from '../perform/index.ts'
import { arm, armPlace, InjectMode } from '../runtime/index.ts'
import type { Baseline } from './baseline.ts'
import type { RunEnd, Runner } from './run.ts'
import type { PlannedScenario } from './scenarios.ts'
import { noteStrike, targetOf } from './target.ts'
import { hashOf, printToken } from './token.ts'

/** Runs the scenarios of one simulation and says what came of each. */
export class Trial<W> {
  readonly results: ScenarioResult[] = []
  readonly #runner: Runner<W>
  readonly #token: (scenario: string) => string
  /** Survivors whose rejections the event loop has not reported yet. */
  #recent: { readonly position: number; readonly end: RunEnd }[] = []

  constructor(runner: Runner<W>, { files }: Baseline) {
    this.#runner = runner
    const { name, seed, nowMs } = runner.setup
    const hash = hashOf(files)
    this.#token = (scenario) => printToken({ name, scenario, seed, now: new Date(nowMs), hash })
  }

  /** One scenario, and a second time where it failed: what fails is believed only if it fails again. */
  async run(scenario: PlannedScenario): Promise<void> {
    const first = await this.#attempt(scenario)
    if (first.outcome === 'survived') {
      this.#recent.push({ position: this.results.push(first.result) - 1, end: first.end })
      return
    }
    const second = first.outcome === 'failed' ? await this.#attempt(scenario) : first
    const flaky = second.outcome === 'survived'
    this.results.push(
      flaky ? { ...first.result, outcome: 'flaky', otherTimeline: second.result.timeline } : first.result,
    )
  }

  /** After a turn of the event loop: survivors that left an unhandled rejection behind did not survive. */
  lookBack(): void {
    const { options } = this.#runner.setup
    for (const { position, end } of this.#recent) {
      if (options.checks?.rejections === false) break
      const finding = checks.rejections({ queue: end.session.queue, deliveries: end.session.deliveries }) as
        | Finding
        | undefined
      if (finding !== undefined)
        this.results[position] = { ...this.results[position]!, outcome: 'failed', ...finding }
    }
    this.#recent = []
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

  async #attempt({
    id,
    fault,
    recorded,
  }: PlannedScenario): Promise<{ outcome: ScenarioResult['outcome']; result: ScenarioResult; end: RunEnd }> {
    const faults: InjectedFault[] = [{ fault: fault.name, point: recorded.point }]
    let session: Session | undefined
    const target = targetOf(fault, recorded, (struck, point) => noteStrike(session!, struck, point))
    const mode = new InjectMode([target])
    const { file, index } = recorded
    const end = await this.#runner.run({
      id,
      faults,
      mode,
      arm: (started) => {
        session = started
        if (file === undefined) arm(mode)
        else armPlace(mode, file, index)
      },
    })
    const finding = target.fired ? end.finding : { reason: undefined, error: unreached(id) }
    const outcome = !target.fired ? 'unreached' : end.finding === undefined ? 'survived' : 'failed'
    const result: ScenarioResult = {
      id,
      faults,
      outcome,
      ...(finding?.reason === undefined ? undefined : { reason: finding.reason }),
      ...(finding === undefined ? undefined : { error: finding.error }),
      ...(end.session.approximate === undefined ? undefined : { approximate: end.session.approximate }),
      ...(end.session.clock.timingReal ? { timing: 'real' as const } : undefined),
      replay: this.#token(id),
      timeline: end.session.timeline,
    }
    return { outcome, result, end }
  }
}

function unreached(id: string): FaultlineError {
  return new FaultlineError('FAULTLINE_UNREACHED', {
    message: `The fault of ${id} never struck: the run did not reach that point, although the run without faults did.`,
    hint: 'Something outside of the job decides which way it takes: what a run leaves behind must be reset in `setup`.',
  })
}
