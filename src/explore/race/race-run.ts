import type { DueJob } from '../../model/delivery.ts'
import { isFaultlineError } from '../../model/error.ts'
import type { BlockedDelivery } from '../../model/race.ts'
import { whenMs } from '../../model/time.ts'
import { deliver, type Session, type Watched } from '../../perform/index.ts'
import { isBackoffFailure } from '../../queue/backoff-failure.ts'
import type { Claim } from '../../queue/port.ts'
import { OncePort, onceClaim } from '../once-port.ts'
import type { Performance } from '../run-plan.ts'
import type { Chooser } from '../strategies/strategy.ts'
import { kindOfWork, type Once } from '../work.ts'
import { Children } from './children.ts'
import type { Connections } from './connections.ts'
import { enqueueWork } from './enqueue-works.ts'
import type { Entry } from './entry.ts'
import type { Patience } from './lookout.ts'
import type { Observers, Witness } from './observers.ts'
import { cannotRace, tooMany } from './race-errors.ts'
import type { RaceHost } from './race-host.ts'
import { type Held, Racer, type Wait } from './racer.ts'
import { RacerPort } from './racer-port.ts'
import { Scheduler } from './scheduler.ts'

/** What one race is given. */
export interface RaceRunOptions {
  readonly entries: readonly Entry[]
  readonly choose: Chooser
  readonly patience: Patience
  readonly connections: Connections | undefined
  readonly observers: Observers
  readonly signal: AbortSignal | undefined
  readonly nowMs: number
  readonly within?: Parameters<typeof whenMs>[0] | undefined
  readonly maxDeliveries: number
  /** Which entries are children: enqueued by another one. */
  readonly children: ReadonlySet<number>
  /** Whether that is yet to be found out. */
  readonly looksForChildren: boolean
}

/** Deliveries of one race before it counts as a runaway. */
const deliveriesMax = 2_000

/** One race: several workers over one queue, and who makes the next step. */
export class RaceRun implements RaceHost {
  readonly racers: readonly Racer[]
  readonly scheduler: Scheduler
  readonly blocked: BlockedDelivery[] = []
  #witness: Witness | undefined
  readonly #options: RaceRunOptions
  #ports: readonly RacerPort[] = []
  #session!: Session
  #untilMs: number | undefined
  #rootJobId = ''
  #deliveries = 0
  readonly children: Children = new Children()
  readonly #once: (OncePort | undefined)[] = []

  constructor(options: RaceRunOptions) {
    this.#options = options
    this.racers = options.entries.map((_, index) => new Racer(index))
    this.scheduler = new Scheduler(this.racers, this, options.choose, options.patience, options.signal)
  }

  /** Who gives up on the deliveries of the race. */
  readonly watchdog = {
    watch: (watched: Watched): (() => void) => {
      const worker = watched.delivery.identity.worker
      const racer = this.racers.find((one) => one.worker === worker)
      racer?.watched.add(watched)
      return () => racer?.watched.delete(watched)
    },
  }

  async perform(session: Session, world: unknown): Promise<Performance> {
    this.#session = session
    const { within, nowMs, connections } = this.#options
    if (within !== undefined) this.#untilMs = whenMs(within, nowMs, 'The option `within`')
    this.#ports = this.racers.map((racer) => new RacerPort(session.queue, racer))
    const { clock } = session
    try {
      await this.#enqueue(world)
      if (connections !== undefined) {
        await connections.open(this.racers, session)
        this.#witness = await this.#options.observers.of(this.racers)
      }
      clock.stop()
      clock.gate = this.scheduler
      await this.scheduler.run()
      return this.#performance()
    } catch (error) {
      if (isFaultlineError(error, 'FAULTLINE_RUNAWAY'))
        return { ...this.#performance(), finding: { reason: 'runaway', error } }
      if (isBackoffFailure(error)) return { ...this.#performance(), finding: { reason: 'dead', error } }
      if (!isFaultlineError(error, 'FAULTLINE_HUNG')) throw error
      const { deadlock } = this.scheduler
      return { ...this.#performance(), finding: deadlock.finding ?? { reason: 'hung', error } }
    } finally {
      clock.gate = undefined
      clock.letPass()
      clock.linger()
      await connections?.close(this.racers)
    }
  }

  start(racer: Racer): void {
    // Not in the async context of the delivery that made the last step.
    const started = this.#session.outside(() => this.#deliver(racer))
    started.then(
      () => this.scheduler.delivered(racer),
      (error) => this.scheduler.fail(error),
    )
  }

  get ask(): RaceHost['ask'] {
    return this.#witness?.ask
  }

  deadlocked(error: unknown): ReadonlyMap<Racer, Wait> | undefined {
    return this.#witness?.deadlock(error)
  }

  async adopt(racer: Racer): Promise<void> {
    this.#adoptAll(racer, await this.#session.queue.pending())
  }

  #adoptAll(racer: Racer, pending: readonly DueJob[]): void {
    for (const job of pending) {
      const { id, name, at } = job
      if (this.racers.some((one) => one.jobs.has(id))) continue
      this.children.recognise(racer.index, job)
      const child = this.racers.find((one) => one.absent && this.#options.entries[one.index]!.name === name)
      const owner = child ?? racer
      owner.jobs.add(id)
      if (child !== undefined) {
        child.absent = false
        child.waiting = true
        child.dueMs = at.getTime()
      } else if (racer.claim === undefined) {
        racer.waiting = true
        racer.dueMs = at.getTime()
      }
    }
  }

  wakesAtMs(racer: Racer): number | undefined {
    const { clock, queue, deliveries } = this.#session
    if (racer.waiting && !racer.asleep) return racer.dueMs > queue.time.nowMs() ? racer.dueMs : undefined
    const own = deliveries.filter(({ identity }) => identity.worker === racer.worker)
    const timers = own.map((delivery) => clock.dueMs(delivery)).filter((ms) => ms !== undefined)
    return timers.length === 0 ? undefined : Math.min(...timers)
  }

  get hasTimers(): boolean {
    return this.#session.clock.hasTimers
  }

  letTimePass(): void {
    this.#session.clock.letPass()
  }

  setAside({ letter }: Racer, wait: Held): void {
    if (this.scheduler.deadlock.finding !== undefined) return
    this.blocked.push({ letter, ...wait })
  }

  #performance(): Performance {
    const until = this.#untilMs === undefined ? {} : { untilMs: this.#untilMs + this.#session.costMs }
    return { rootJobId: this.#rootJobId, result: this.#once[0]?.result, ...until }
  }

  /** Brings all works into the queue; whose they are is known by their ids. */
  async #enqueue(world: unknown): Promise<void> {
    const session = this.#session
    const { entries, children, looksForChildren } = this.#options
    for (const racer of this.racers) {
      const { index } = racer
      racer.waiting = true
      if (children.has(index)) {
        racer.absent = true
        racer.waiting = false
        continue
      }
      const entry = entries[index]!
      const ids = await enqueueWork(session, entry, world, this.#options.signal)
      if (ids === undefined) continue
      if (index === 0) this.#rootJobId = ids[0]!
      for (const id of ids) {
        racer.jobs.add(id)
        session.note('enqueued', { id, name: entry.name, delivery: 0 })
      }
      if (looksForChildren && entry.request !== undefined)
        this.children.know(
          index,
          (await session.queue.pending()).find((job) => job.id === ids[0]),
        )
    }
    for (const { index, jobs } of this.racers) {
      const { again } = entries[index]!
      if (again !== undefined) for (const id of this.racers[again]!.jobs) jobs.add(id)
    }
  }

  /** One delivery of the racer, from its claim to its end. */
  async #deliver(racer: Racer): Promise<void> {
    const session = this.#session
    const { work } = this.#options.entries[racer.index]!
    if (++this.#deliveries > deliveriesMax) throw tooMany(deliveriesMax)
    session.workerName = racer.worker
    if (kindOfWork(work) === 'once' && this.#once[racer.index] === undefined) {
      const claim = onceClaim(this.#options.entries[racer.index]!.name, session.queue, racer.worker)
      const port = new OncePort((work as Once).fn, session.queue, racer.connection)
      this.#once[racer.index] = port
      if (racer.index === 0) this.#rootJobId = claim.id
      await this.#perform(racer, claim, port)
    } else {
      const claim = await this.#claim(racer)
      if (claim !== undefined) {
        if (this.#isShared(racer, claim)) await this.#lapse(racer, claim)
        await this.#perform(racer, claim, this.#ports[racer.index]!)
      }
    }
    const pending = await this.#session.queue.pending()
    this.#adoptAll(racer, pending)
    this.#next(racer, pending)
  }

  async #perform(racer: Racer, claim: Claim, port: OncePort | RacerPort): Promise<void> {
    racer.claim = claim
    try {
      await deliver(this.#session, claim, port)
    } finally {
      racer.claim = undefined
    }
    const { dead } = this.#session.deliveries.findLast(({ identity }) => identity.worker === racer.worker)!
    if (dead) await this.#options.connections?.renew(racer, this.#session)
  }

  /** Claims the earliest of its jobs; virtual time passes until it is due. */
  async #claim(racer: Racer): Promise<Claim | undefined> {
    const session = this.#session
    const { queue, clock } = session
    if (queue.claimJob === undefined) throw cannotRace(queue.kind)
    // The one that it begins with is due, as a rule.
    const [first] = racer.jobs
    if (queue.kind === 'memory' && racer.jobs.size === 1 && racer.dueMs === 0) {
      const claim = await this.#take(racer, first!)
      if (claim !== undefined) return claim
    }
    for (const { id, at } of await queue.pending()) {
      if (!racer.jobs.has(id)) continue
      const dueMs = at.getTime()
      if (this.#untilMs !== undefined && dueMs > this.#untilMs + session.costMs) return undefined
      if (dueMs > queue.time.nowMs()) await clock.advanceTo(dueMs)
      const claim = await this.#take(racer, id)
      if (claim !== undefined) return claim
    }
    return undefined
  }

  async #take(racer: Racer, id: string): Promise<Claim | undefined> {
    const { maxDeliveries } = this.#options
    this.#session.workerName = racer.worker
    const claim = await this.#session.queue.claimJob!(racer.worker, id)
    if (claim !== undefined && claim.delivery > maxDeliveries) throw tooMany(maxDeliveries, claim.id)
    return claim
  }

  /** Whether the job is to be delivered a second time, by another worker. */
  #isShared(racer: Racer, { id }: Claim): boolean {
    return this.racers.some((other) => other !== racer && other.waiting && other.jobs.has(id))
  }

  /** The lock of this delivery lapses, and another worker has the job. */
  async #lapse(racer: Racer, claim: Claim): Promise<void> {
    await this.#session.queue.expire(claim, 'stalled')
    this.#session.note('stalled', claim, 'the job is given to another worker', undefined, racer.worker)
    racer.jobs.delete(claim.id)
  }

  /** Whether the racer has another job to do. */
  #next(racer: Racer, pending: readonly DueJob[]): void {
    const limitMs =
      this.#untilMs === undefined ? Number.POSITIVE_INFINITY : this.#untilMs + this.#session.costMs
    const next = pending.find(({ id, at }) => racer.jobs.has(id) && at.getTime() <= limitMs)
    racer.waiting = next !== undefined
    racer.dueMs = next?.at.getTime() ?? 0
    if (racer.waiting) return
    racer.ended = true
    for (const branch of racer.parked.splice(0)) branch.goOn()
  }
}
