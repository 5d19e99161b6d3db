import { createHash } from 'node:crypto'
import { execution } from '../model/context.ts'
import { FaultlineError } from '../model/error.ts'
import { isJobRequest } from '../model/job.ts'
import type { Outcome } from '../model/result.ts'
import { fixSnapshot } from '../oracle/index.ts'
import type { Session } from '../perform/index.ts'
import { canonical, printed } from '../report/canonical.ts'
import { bounded } from './bounded.ts'
import type { PruneOptions } from './options.ts'
import { kindOfWork, type Work } from './work.ts'

/** Ends a run at its crash: what would follow was run before. */
export class SameState extends Error {
  readonly as: string

  constructor(as: string) {
    super(`the same state as at ${as}`)
    this.name = 'SameState'
    this.as = as
  }
}

/** How a scenario ended, for the comparison with another one that began to recover from the same state. */
interface Known {
  readonly id: string
  outcome?: Outcome
}

/**
 * Crashes that leave the same state behind have the same future: memory is lost, and what is left is what `state`
 * reads, the queue, the clock and the attempt. Of those only the first is run to its end.
 */
export class Pruning<W> {
  /** How many scenarios ended at their crash. */
  skipped = 0
  readonly #options: PruneOptions<W>
  readonly #known = new Map<string, Known>()
  readonly #twins = new Map<string, Known>()

  constructor(options: PruneOptions<W>) {
    this.#options = options
  }

  /** The last fault of a scenario was a crash, and its worker is gone. */
  async crashed(id: string, session: Session, world: W): Promise<void> {
    checkLoaded(session)
    if (hasOthers(session)) return
    await session.clock.quiet()
    const context = { clock: session.clock, random: session.randomFor('state') }
    const state = await execution.run(context, () => bounded('prune.state', () => this.#options.state(world)))
    const key = await keyOf(session, fixSnapshot(state))
    const known = this.#known.get(key)
    if (known === undefined) {
      const first = { id }
      this.#known.set(key, first)
      this.#twins.set(id, first)
    } else if (known.id !== id) {
      if (this.#options.verify !== true) throw new SameState(known.id)
      this.#twins.set(id, known)
    }
  }

  /** How a scenario ended; with `verify` an error where its twin ended otherwise. */
  ended(id: string, outcome: Outcome): void {
    const twin = this.#twins.get(id)
    if (twin === undefined) return
    if (twin.id === id) twin.outcome = outcome
    else if (twin.outcome !== undefined && twin.outcome !== outcome) throw disagreement(id, outcome, twin)
  }
}

/** Somebody else's memory is part of the state: a frozen worker, a job that runs beside. */
function hasOthers({ suspended, deliveries }: Session): boolean {
  return suspended.length > 0 || deliveries.some(({ dead, ended }) => !dead && ended === undefined)
}

async function keyOf({ queue, deliveries, timeline }: Session, state: unknown): Promise<string> {
  const crashed = deliveries.findLast(({ dead }) => dead)!
  const left = deliveries.map(({ identity, dead, ended, rejections, exceptions, late }) => [
    ...[identity.jobId, identity.ordinal, identity.part, dead ? 'dead' : ended],
    ...[rejections?.length ?? 0, exceptions?.length ?? 0, late !== undefined],
  ])
  const all = {
    state,
    now: queue.time.nowMs(),
    pending: await queue.pending(),
    performed: queue.performed,
    dead: queue.dead,
    left,
    crash: [crashed.identity, crashed.abandoned],
    worker: timeline.at(-1)?.worker,
  }
  const text = printed(canonical(all)).join('\n')
  return createHash('sha256').update(text).digest('base64')
}

/** Without `load` the crash loses no memory, and the future hangs on more than the state. */
function checkLoaded({ deliveries, options: { memory } }: Session): void {
  const held = deliveries.find(
    ({ identity }) => !memory?.own.has(identity.name) || memory.shared.has(identity.name),
  )
  if (held === undefined) return
  const { name } = held.identity
  throw needsLoad(
    memory?.shared.has(name)
      ? `the modules of '${name}' stay in memory, since the test file imports them, too, or \`keep\` names them`
      : `'${name}' is not given with \`load\`, or no loader of Faultline runs this process`,
  )
}

/** As far as the work alone tells; jobs that it enqueues are looked at when they crash. */
export function checkPrunable(work: Work): void {
  const kind = kindOfWork(work)
  if (kind === 'enqueuedBy') return
  if (!isJobRequest(work)) throw needsLoad('received a function, whose module stays in memory')
  if (work.job !== undefined && work.job.load === undefined)
    throw needsLoad(`'${work.name}' is given with \`perform\``)
}

/** What follows a crash depends on the durable state alone only where memory is lost. */
function needsLoad(why: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `\`prune\` needs a job whose memory is lost with its worker: ${why}.`,
    hint: "Define the job with load: () => import('../src/jobs/charge.ts') instead of `perform`, and import that module nowhere else in the test.",
  })
}

function disagreement(id: string, outcome: Outcome, twin: Known): FaultlineError {
  return new FaultlineError('FAULTLINE_PRUNE', {
    message: `\`prune.state\` does not read all that is durable: ${twin.id} (${twin.outcome}) and ${id} (${outcome}) crash in the same state, and end differently.`,
    hint: 'Return everything that outlives the process: rows, files, messages and requests that went out, locks.',
  })
}
