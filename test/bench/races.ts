/**
 * Schedules per second for two jobs of 10 steps in memory: explored by Faultline, by fast-check's scheduler, and driven
 * by hand. Each schedule begins with a clean world, runs both jobs, and judges what they wrote.
 *
 * | way | what it does for a schedule |
 * |---|---|
 * | faultline | finds the schedule, runs it, runs the built-in checks and the assertion, keeps what to report |
 * | fast-check | draws the schedule, runs it, and the assertion |
 * | by hand, bare functions | runs one of the schedules that Faultline ran, and the assertion |
 * | by hand, deliveries of the queue | the same, and two workers claim their jobs and settle them |
 * | by hand, a turn a step | as bare functions, by a driver that is not told when a step is over |
 * | performAll, in series | no race: two deliveries, one after the other |
 *
 * By hand, each step waits for a promise that the driver settles in its turn. The driver knows its two jobs and is told
 * when a step is over: that is the least that there can be. Nothing looks for code that is left running, for rejections
 * or for a hang. Where a step is more than memory (a query, a timer), it cannot be told, and has to let the event loop
 * turn: the way with a turn a step.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { defineJob, exploreRaces, memoryQueue, performAll } from '../../src/index.ts'
import { transform } from '../../src/transform/transform.ts'

const steps = 10
const runs = 830
const rounds = 20

/** Those that Faultline runs, `AABAB`. */
let schedules: readonly string[] = []

interface World {
  readonly log: string[]
  step(): Promise<void>
}
type Perform = (world: World, name: string) => Promise<void>

const source = `export async function perform(world, name) {
${Array.from({ length: steps }, (_, index) => `  world.log.push(name + ${index})${index < steps - 1 ? '\n  await world.step()' : ''}`).join('\n')}
}
`

/** Milliseconds for one schedule in the fastest round of each way; they take turns, so that a busy machine hits all. */
async function best(ways: Readonly<Record<string, () => Promise<number>>>): Promise<Map<string, number>> {
  const least = new Map<string, number>()
  for (let round = 0; round < rounds; round++) {
    for (const [way, once] of Object.entries(ways)) {
      const startMs = performance.now()
      const schedules = await once()
      const each = (performance.now() - startMs) / schedules
      least.set(way, Math.min(least.get(way) ?? Number.POSITIVE_INFINITY, each))
    }
  }
  return least
}

function judge({ log }: World): void {
  if (log.length !== 2 * steps) throw new Error(`wrong: ${log}`)
}

async function faultline(perform: Perform): Promise<number> {
  let world!: World
  const job = defineJob<string>({ name: 'job', perform: (name) => perform(world, name) })
  const report = await exploreRaces(
    [job.with('A'), job.with('B')],
    {
      strategy: { preemptions: 3 },
      setup: () => {
        world = { log: [], step: () => Promise.resolve() }
      },
    },
    () => judge(world),
  )
  if (report.summary.run !== runs || report.summary.failed > 0) throw new Error(String(report))
  schedules = report.races.map(({ schedule }) => schedule)
  return report.summary.run
}

async function fastCheck(perform: Perform): Promise<number> {
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const world: World = { log: [], step: () => scheduler.schedule(Promise.resolve()) }
    const both = Promise.all([perform(world, 'A'), perform(world, 'B')])
    await scheduler.waitFor(both)
    judge(world)
  })
  await fc.assert(property, { numRuns: runs, seed: 1 })
  return runs
}

/** What a driver by hand starts: a job, for one of the two. */
type Start = (world: World, who: number) => Promise<unknown>

/** The jobs stop in `step` until their turn; the driver knows that a step is over when they stop again. */
async function drive(schedule: string, start: Start): Promise<void> {
  let held: (() => void) | undefined
  let stopped: (() => void) | undefined
  const step = (): Promise<void> =>
    new Promise((resolve) => {
      held = resolve
      stopped?.()
    })
  const world: World = { log: [], step }
  const started = [false, false]
  const turns: ((() => void) | undefined)[] = []
  for (let at = 0; at < 2 * steps; at++) {
    const who = schedule.charCodeAt(at) - 65
    await new Promise<void>((resolve) => {
      stopped = resolve
      if (started[who]) turns[who]!()
      else {
        started[who] = true
        void start(world, who).then(() => stopped?.())
      }
    })
    turns[who] = held
  }
  judge(world)
}

async function byHand(perform: Perform): Promise<number> {
  for (const schedule of schedules) await drive(schedule, (world, who) => perform(world, 'AB'[who]!))
  return schedules.length
}

/** The driver lets the event loop turn after each step. */
async function byHandInTurns(perform: Perform): Promise<number> {
  for (const schedule of schedules) {
    const turns: (() => void)[] = []
    let running = 0
    const step = (): Promise<void> =>
      new Promise((resolve) => {
        turns[running] = resolve
      })
    const world: World = { log: [], step }
    const ends: Promise<void>[] = []
    for (const letter of schedule) {
      running = letter.charCodeAt(0) - 65
      if (ends[running] === undefined) ends[running] = perform(world, letter)
      else turns[running]!()
      await eventLoopTurn()
    }
    await Promise.all(ends)
    judge(world)
  }
  return schedules.length
}

/** Two workers each claim a job, run it step by step in turns, and settle it. */
async function byHandQueued(perform: Perform): Promise<number> {
  let world!: World
  const job = defineJob<string>({ name: 'job', perform: (name) => perform(world, name) })
  for (const schedule of schedules) {
    const queue = memoryQueue()
    await queue.enqueue(job, 'A')
    await queue.enqueue(job, 'B')
    await drive(schedule, async (fresh, who) => {
      world = fresh
      const claim = (await queue.claim(`worker ${who}`))!
      const result = await queue.run(claim, { signal: new AbortController().signal })
      await queue.settle(claim, { ok: true, result })
    })
    if (queue.performed.length !== 2) throw new Error('not settled')
  }
  return schedules.length
}

/** The same two jobs, performed by the embedded queue one after the other: no race at all. */
async function queued(perform: Perform): Promise<number> {
  let world!: World
  const job = defineJob<string>({ name: 'job', perform: (name) => perform(world, name) })
  for (let run = 0; run < runs; run++) {
    world = { log: [], step: () => Promise.resolve() }
    const queue = memoryQueue()
    await queue.enqueue(job, 'A')
    await queue.enqueue(job, 'B')
    await performAll(queue)
    judge(world)
  }
  return runs
}

const folder = await mkdtemp(join(tmpdir(), 'faultline-bench-'))
try {
  const load = async (name: string, code: string): Promise<Perform> => {
    const file = join(folder, `${name}.mjs`)
    await writeFile(file, code)
    return (await import(pathToFileURL(file).href)).perform
  }
  const bare = await load('bare', source)
  const instrumented = await load(
    'instrumented',
    transform(source, { file: 'bench/race.mjs', root: folder })!.code,
  )
  const ms = await best({
    faultline: () => faultline(instrumented),
    'fast-check': () => fastCheck(bare),
    'by hand, bare functions': () => byHand(bare),
    'by hand, deliveries of the queue': () => byHandQueued(bare),
    'by hand, a turn a step': () => byHandInTurns(bare),
    'performAll, in series': () => queued(bare),
  })
  console.log(
    `Two jobs of ${steps} steps, ${runs} schedules, the best of ${rounds} rounds. By hand: nothing but the steps, in the same ${runs} orders.`,
  )
  console.table(
    Array.from(ms, ([way, each]) => ({
      way,
      'µs a schedule': Number((each * 1000).toFixed(1)),
      'schedules/s': Math.round(1000 / each),
      'faultline ÷ this': Number((ms.get('faultline')! / each).toFixed(2)),
    })),
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
