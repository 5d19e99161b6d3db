import { distance } from 'fastest-levenshtein'
import { FaultlineError } from '../model/error.ts'
import type { Place, Point } from '../model/point.ts'
import type { ScenarioResult } from '../model/result.ts'
import type { Session } from '../perform/index.ts'
import { plural } from '../report/words.ts'
import {
  arm,
  type Delivery,
  eventLoopTurn,
  GlitchMode,
  placesOf,
  realNowMs,
  registeredFiles,
  type Search,
} from '../runtime/index.ts'
import { bad } from './bad-option.ts'
import { record } from './baseline.ts'
import { checkWhenDead } from './families.ts'
import { startMsOf } from './fresh-queues.ts'
import { type Glitch, isGlitch } from './glitch.ts'
import { asked, checkCameToSomething, checkStrike } from './glitch-strike.ts'
import { learntReturns } from './learnt-returns.ts'
import { MemoryUse } from './memory-use.ts'
import { noPoints } from './no-points.ts'
import { type Assertions, type SimulationOptions, splitArguments } from './options.ts'
import { makeReport, ResilienceError } from './report.ts'
import { Runner } from './run.ts'
import type { RunEnd } from './run-plan.ts'
import { faultId } from './scenario-id.ts'
import { noteStrike } from './target.ts'
import { hashOf, printToken } from './token.ts'
import { withProbes } from './with-probes.ts'
import { nameOfWork, type Work } from './work.ts'

/** The options of one scenario: those of a simulation, and the glitch. */
export interface ScenarioOptions<W = unknown> extends SimulationOptions<W> {
  /** One fault, or several, where they strike. */
  readonly glitch: Glitch | readonly Glitch[]
}

/**
 * Performs a work once, with faults at places that you name, and judges the final state.
 *
 * @example
 * ```ts
 * await runScenario(charge.with({ orderId: 7 }), { glitch: glitchBeforeLine('src/jobs/charge.ts:14', crash()), setup },
 *   (run, world) => expect(world.charges).toHaveLength(1))
 * ```
 * @throws ResilienceError where it does not survive; FaultlineError `FAULTLINE_UNREACHED` for a glitch that never
 * fired, `FAULTLINE_NO_SUCH_POINT` for one that names no point.
 */
export async function runScenario<W = undefined>(
  work: Work,
  first: ScenarioOptions<W> | Assertions<W>,
  second?: Assertions<W> | ScenarioOptions<W>,
): Promise<ScenarioResult> {
  const { assertions, options } = splitArguments<W, ScenarioOptions<W>>(first, second, ['glitch'])
  const glitches = glitchesOf(options.glitch)
  if (options.prune !== undefined)
    throw bad('prune: runScenario runs one scenario, and there is nothing to skip; simulations take it.')
  checkWhenDead(
    glitches.map(({ fault }) => fault),
    options.whenDead,
  )
  const setup = {
    work,
    assertions,
    options,
    name: options.name ?? nameOfWork(work),
    seed: options.seed ?? 1,
    nowMs: startMsOf(options),
  }
  const runner = new Runner<W>(setup)
  const body = (): Promise<ScenarioResult> => runner.during(() => runGlitches(runner, glitches))
  return withProbes('runScenario()', body, options.signal)
}

function glitchesOf(given: unknown): Glitch[] {
  const glitches = Array.isArray(given) ? given : [given]
  if (glitches.length > 0 && glitches.every(isGlitch)) return glitches
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `runScenario needs the option \`glitch\`: received ${given === undefined ? 'none' : typeof given}; allowed is what a glitch… maker makes, or a list of them.`,
    hint: "glitch: glitchBeforeLine('src/jobs/charge.ts:14')",
  })
}

async function runGlitches<W>(runner: Runner<W>, glitches: readonly Glitch[]): Promise<ScenarioResult> {
  const startedMs = realNowMs()
  if (runner.setup.options.snapshot !== undefined) {
    const { end } = await record(runner)
    if (end.finding !== undefined) throw wrongAlready(runner.setup.name, end.finding.error)
    runner.judge.expected = { snapshot: end.snapshot }
  }
  let struck = await strike(runner, glitches)
  if (await learntReturns(runner, struck.mode, struck.end)) struck = await strike(runner, glitches)
  const { mode, end, points } = struck
  const { searches } = mode
  const unfired = glitches.find((_, index) => !searches[index]!.fired)
  if (unfired !== undefined) throw unfiredError(runner.setup, unfired, end)
  checkCameToSomething(glitches, searches)
  if (end.notApplicable !== undefined) throw notDead(runner.setup.name, end.notApplicable)
  return judged(runner, glitches, points, end, mode, startedMs)
}

/** One run, in which the glitches strike. */
async function strike<W>(
  runner: Runner<W>,
  glitches: readonly Glitch[],
): Promise<{ mode: GlitchMode; end: RunEnd; points: Point[] }> {
  let session: Session | undefined
  const points: Point[] = []
  const searches = glitches.map((glitch, index) =>
    searchOf(glitch, (search, place, delivery) => {
      checkStrike(glitch, place, delivery, session!)
      const point = pointOf(search, place)
      points[index] ??= point
      noteStrike(session!, glitch.fault, point, delivery)
    }),
  )
  const mode = new GlitchMode(searches)
  const end = await runner.run({
    id: 'scenario',
    get faults() {
      return glitches.flatMap(({ fault }, index) =>
        points[index] === undefined ? [] : [{ fault: fault.name, point: points[index] }],
      )
    },
    mode,
    patient: true,
    arm: (started) => {
      session = started
      arm(mode)
    },
  })
  await eventLoopTurn()
  return { mode, end, points }
}

function judged<W>(
  { setup }: Runner<W>,
  glitches: readonly Glitch[],
  points: readonly Point[],
  end: RunEnd,
  { searches, memory }: GlitchMode,
  startedMs: number,
): ScenarioResult {
  const id = glitches.map(({ fault }, index) => faultId(fault.name, points[index]!, end.rootJobId)).join('+')
  const { name, seed, nowMs } = setup
  const files = searches.map(({ found }) => found!.file)
  const { finding } = end
  const faults = glitches.map(({ fault }, index) => ({ fault: fault.name, point: points[index]! }))
  const use = new MemoryUse()
  for (const [jobId, used] of memory) for (const { path } of used) use.add(jobId, path)
  const approximate = use.approximate(faults, end.session)
  const result: ScenarioResult = {
    id,
    faults,
    outcome: finding === undefined ? 'survived' : 'failed',
    ...finding,
    ...(approximate === undefined ? undefined : { approximate }),
    ...(end.session.clock.timingReal ? { timing: 'real' as const } : undefined),
    replay: printToken({ name, scenario: id, seed, now: new Date(nowMs), hash: hashOf(files) }),
    timeline: end.session.timeline,
  }
  if (finding === undefined) return result
  throw new ResilienceError(
    makeReport({
      name,
      seed,
      nowMs,
      points,
      results: [result],
      notApplicable: {},
      notCovered: { scenarios: 'all others: this is one scenario' },
      skipped: 0,
      durationMs: realNowMs() - startedMs,
      root: files[0]!.root,
    }),
  )
}

function notDead(name: string, reason: string): FaultlineError {
  return new FaultlineError('FAULTLINE_UNREACHED', {
    message: `exhaust() struck in ${name}, but ${reason}: \`whenDead\` was never asked, and nothing was tested.`,
    hint: 'The code swallows the error and goes on. Place another fault there, error(), and judge it by the assertions.',
  })
}

function searchOf(
  glitch: Glitch,
  struck: (search: Search, place: Place, delivery: Delivery) => void,
): Search {
  const { fault, timing, args, returns } = glitch
  const { holdAwait } = fault
  const search: Search = {
    matches: glitch.matches,
    after: glitch.after,
    hit: timing.hit ?? 1,
    ...(timing.attempt === undefined ? undefined : { attempt: timing.attempt }),
    ...(args && {
      args: (given: unknown[], delivery: Delivery) => asked(glitch, 'args', delivery, () => args(given)),
    }),
    ...(returns && {
      returns: (value: unknown, delivery: Delivery) =>
        asked(glitch, 'returns', delivery, () => returns(value)),
    }),
    ...(fault.permanent && { permanent: true }),
    fired: false,
    strike(delivery, activation, canHold) {
      const place = placeOf(search)
      struck(search, place, delivery)
      return fault.strike({ place, delivery, activation, canHold })
    },
    ...(holdAwait && {
      holdAwait(delivery: Delivery, awaited: unknown) {
        struck(search, placeOf(search), delivery)
        return holdAwait(delivery, awaited)
      },
    }),
  }
  return search
}

function placeOf({ found }: Search): Place {
  return placesOf(found!.file)[found!.index]!
}

function pointOf(search: Search, place: Place): Point {
  const { identity } = search.found!.delivery
  return { ...place, hit: search.hit, attempt: identity.ordinal, job: identity.name, jobId: identity.jobId }
}

function unfiredError(
  { name, work }: { readonly name: string; readonly work: Work },
  glitch: Glitch,
  end: RunEnd,
): FaultlineError {
  const places = registeredFiles().flatMap((file) => placesOf(file))
  if (places.length === 0) return noPoints({ name, work })
  if (!places.some((place) => glitch.matches(place))) return noSuchPoint(glitch, places)
  const timing = Object.entries(glitch.timing)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')
  const deliveries = end.session.deliveries.length
  return new FaultlineError('FAULTLINE_UNREACHED', {
    message: `${glitch.description} never struck${timing === '' ? '' : ` (${timing})`}: in ${deliveries} ${deliveries === 1 ? 'delivery' : 'deliveries'} of ${name} that point was not reached. Nothing was tested.`,
    hint: 'Check that this input takes that way through the code, the `hit` and `attempt`, and that `args` or `returns` match.',
    ...(end.finding === undefined ? undefined : { cause: end.finding.error }),
  })
}

function noSuchPoint(glitch: Glitch, places: readonly Place[]): FaultlineError {
  const candidates = [...new Set(glitch.candidates(places))]
  const near = candidates
    .map((key) => ({ key, away: awayFrom(glitch.key, key) }))
    .sort((a, b) => a.away - b.away)
    .slice(0, 3)
    .map(({ key }) => key)
  return new FaultlineError('FAULTLINE_NO_SUCH_POINT', {
    message: `${glitch.description} matches no point of the ${plural(new Set(places.map((place) => place.file)).size, 'instrumented file')}.`,
    ...(near.length === 0 ? undefined : { hint: `The nearest are ${near.join(', ')}.` }),
  })
}

/** Lines of the same file are near each other by their numbers, names by their letters. */
function awayFrom(key: string, candidate: string): number {
  const [, file, line] = /^(.*?):(\d+)(?::\d+)?$/.exec(key) ?? []
  const [, otherFile, otherLine] = /^(.*?):(\d+)(?::\d+)?$/.exec(candidate) ?? []
  if (file === undefined || otherFile === undefined) return distance(key, candidate)
  return distance(file, otherFile) * 1_000 + Math.abs(Number(line) - Number(otherLine))
}

function wrongAlready(name: string, cause: Error): FaultlineError {
  return new FaultlineError('FAULTLINE_ASSERTION', {
    message: `${name} is wrong without any fault: ${cause.message}`,
    hint: 'With `snapshot` the work is performed once without faults first. Nothing else was run; fix this first.',
    cause,
  })
}
