import type { BlockedDelivery, RaceResult } from '../../model/race.ts'
import type { InjectedFault } from '../../model/result.ts'
import type { Finding } from '../../oracle/index.ts'
import type { Session } from '../../perform/index.ts'
import { arm, every, followBranches, type Mode, PauseMode } from '../../runtime/index.ts'
import type { Runner } from '../run.ts'
import type { RunEnd } from '../run-plan.ts'
import { preemptionsOf } from '../strategies/bounded.ts'
import type { Chooser, Decisions } from '../strategies/strategy.ts'
import { Connections } from './connections.ts'
import { Holds } from './holds.ts'
import { lookEveryMs } from './lookout.ts'
import { Observers } from './observers.ts'
import { blockedAfterMsDefault, type RaceSetup } from './race-options.ts'
import { RaceRun } from './race-run.ts'
import type { Scheduler } from './scheduler.ts'

/** What one race is to be. */
export interface RacePlan {
  readonly choose: Chooser
  /** What happens at the points beside holding them: recording, faults. */
  readonly inner?: Mode
  readonly faults?: readonly InjectedFault[]
  /** What tells the faults, in the token. */
  readonly suffix?: string
  /** Told when the world is set up. */
  readonly started?: (session: Session) => void
  /** Whether the faults struck. */
  readonly fired?: () => boolean
  readonly patient?: boolean
  /** Whether works enqueue one another is yet to be found out. */
  readonly looksForChildren?: boolean
  /** What the plan needs anew where the race is run again for that. */
  readonly again?: () => Partial<RacePlan>
}

/** What came of one race, with what it takes to judge and to explore on. */
export interface RaceEnd {
  readonly end: RunEnd
  readonly decisions: Decisions
  readonly schedule: string
  readonly blocked: readonly BlockedDelivery[]
  readonly finding: Finding | undefined
}

/** Runs races, one after the other, each in a clean world. */
export class RaceTrial<W> {
  readonly setup: RaceSetup<W>
  /** Which works are enqueued by another one; known after the first race. */
  children: ReadonlySet<number> = new Set()
  readonly #runner: Runner<W>
  readonly #connections: Connections | undefined
  readonly #observers = new Observers()
  #running: Scheduler | undefined

  constructor(runner: Runner<W>, setup: RaceSetup<W>) {
    this.#runner = runner
    this.setup = setup
    const { connect } = setup.options
    if (connect !== undefined) this.#connections = new Connections(connect, this.#observers)
  }

  /** The step of the race that runs, counted from 0. */
  get step(): number {
    return this.#running!.decisions.chosen.length - 1
  }

  /** Holds what all races share while `body` runs. */
  async during<T>(body: () => Promise<T>): Promise<T> {
    const unfollow = followBranches()
    const stop = every(lookEveryMs, () => this.#running?.look())
    try {
      return await body()
    } finally {
      stop()
      unfollow()
      await this.#observers.close()
    }
  }

  async run(plan: RacePlan): Promise<RaceEnd> {
    const { options, entries, nowMs } = this.setup
    const race = new RaceRun({
      entries,
      choose: plan.choose,
      patience: {
        blockedAfterMs: options.blockedAfterMs ?? blockedAfterMsDefault,
        hangAfterMs: options.hangAfterMs ?? 2_000,
      },
      connections: this.#connections,
      observers: this.#observers,
      signal: options.signal,
      nowMs,
      within: options.within,
      maxDeliveries: options.maxDeliveries ?? 100,
      children: this.children,
      looksForChildren: plan.looksForChildren === true,
    })
    this.#running = race.scheduler
    const mode = new PauseMode(new Holds(race.scheduler, race), options.granularity ?? 'await', plan.inner)
    const end = await this.#runner.run({
      id: plan.suffix ?? 'race',
      faults: plan.faults ?? [],
      mode,
      watchdog: race.watchdog,
      arm: (session) => {
        plan.started?.(session)
        arm(mode)
      },
      perform: (session, world) => race.perform(session, world),
      ...(plan.patient ? { patient: true } : undefined),
    })
    const { found } = race.children
    if (found.size > this.children.size) {
      this.children = new Set([...this.children, ...found])
      return this.run({ ...plan, ...plan.again?.() })
    }
    const { deadlock } = race.scheduler
    const decisions = upTo(race.scheduler.decisions, deadlock.steps)
    const finding = deadlock.finding ?? end.finding
    return { end, decisions, schedule: scheduleOf(decisions.chosen), blocked: race.blocked, finding }
  }
}

/** The first decisions of a race. */
function upTo(decisions: Decisions, count: number): Decisions {
  if (count >= decisions.chosen.length) return decisions
  const { chosen, ready, free } = decisions
  return { chosen: chosen.slice(0, count), ready: ready.slice(0, count), free: free.slice(0, count) }
}

/** A race as it is reported. */
export function resultOf(race: RaceEnd, plan: RacePlan, replay: string): RaceResult {
  const { end, decisions, schedule, blocked, finding } = race
  const { session } = end
  return {
    schedule,
    preemptions: preemptionsOf(decisions),
    faults: plan.faults ?? [],
    outcome: finding === undefined ? 'survived' : 'failed',
    ...finding,
    blocked,
    replay,
    timeline: session.timeline,
    ...(session.approximate === undefined ? undefined : { approximate: session.approximate }),
    ...(session.clock.timingReal ? { timing: 'real' as const } : undefined),
  }
}

/** `AABAB`. */
export function scheduleOf(chosen: readonly number[]): string {
  return String.fromCharCode(...chosen.map((index) => 65 + index))
}
