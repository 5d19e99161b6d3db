import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  crash,
  defineJob,
  delay,
  duplicate,
  error,
  type Glitch,
  glitchAfterAwait,
  glitchAt,
  interrupt,
  type JobContext,
  type JobOptions,
  runScenario,
  type SimulationOptions,
  simulate,
  stall,
  timeout,
} from 'faultline'
import { describe, expect, test } from 'vitest'
import * as jobs from '../../../fixtures/engine/faults.ts'
import { World } from '../../helpers/engine-world.ts'
import { REPOSITORY } from '../../helpers/source-alias.ts'
import { brief } from '../../helpers/timeline.ts'

const file = 'fixtures/engine/faults.ts'
const source = readFileSync(path.join(REPOSITORY, file), 'utf8').split('\n')
const lineOf = (text: string) => `${file}:${source.findIndex((line) => line.includes(text)) + 1}`

type Perform = (w: World, context: JobContext) => unknown

/** Performs a job once with faults at places, and tells what happened when, and which delivery did what. */
async function strike(perform: Perform, glitch: Glitch | Glitch[], options: Partial<JobOptions<null>> = {}) {
  const world = new World()
  const job = defineJob<null>({ name: 'job', perform: (_, context) => perform(world, context), ...options })
  const scenario = { glitch, hangAfterMs: 400, now: new Date(0) }
  const { timeline } = await runScenario(job.with(null), scenario, () => {})
  return { timeline: brief(timeline), log: world.log.map(({ delivery, what }) => `${delivery} ${what}`) }
}

async function simulated(perform: Perform, options: SimulationOptions<World>) {
  let world = new World()
  const job = defineJob<null>({ name: 'job', perform: (_, context) => perform(world, context) })
  const setup = () => (world = new World())
  const logs = new Map<string, string>()
  const report = await simulate<World>(
    job.with(null),
    (run, w) => void logs.set(run.id, w.log.map(({ delivery, what }) => `${delivery} ${what}`).join(', ')),
    { setup, now: new Date(0), ...options },
  )
  return { report, logs }
}

describe('stall', () => {
  const frozen = (place: string) => [
    '+0s enqueued',
    '+0s started 1 (worker 1)',
    `+0s glitched 1 (worker 1) stall at ${place}`,
    '+0s stalled 1 (worker 1)',
    '+30s redelivered 2 (worker 2)',
  ]
  const thenWakes = ['+30s completed 2 (worker 2)', '+30s woke 1 (worker 1)', '+30s refused 1 (worker 1)']

  test('the lock lapses, another worker does the job, the zombie wakes and is refused', async () => {
    const { timeline, log } = await strike(jobs.steps, glitchAt(file, "await w.io('second')", stall()))
    expect(timeline).toEqual([...frozen('line'), ...thenWakes])
    expect(log).toEqual(['1 first', '2 first', '2 second', '1 second'])
  })

  test('the lock lapses when the job says', async () => {
    const glitch = glitchAt(file, "await w.io('second')", stall())
    const { timeline } = await strike(jobs.steps, glitch, { lock: '5m' })
    expect(timeline).toContain('+300s redelivered 2 (worker 2)')
  })

  test('it consumes no attempt', async () => {
    const glitch = glitchAt(file, "await w.io('second')", stall())
    const { timeline } = await strike(jobs.steps, glitch, { attempts: 1 })
    expect(timeline).toEqual([...frozen('line'), ...thenWakes])
  })

  test('at an await it freezes after the effect, before the answer is used', async () => {
    const glitch = glitchAfterAwait(lineOf("await w.io('first')"), stall())
    const { timeline, log } = await strike(jobs.steps, glitch)
    expect(timeline).toEqual([...frozen('line'), ...thenWakes])
    expect(log).toEqual(['1 first', '2 first', '2 second', '1 second'])
  })

  test.for([1, 2])('at value %d of a `for await` it freezes before that is used', async (hit) => {
    const place = glitchAfterAwait(lineOf('for await (const what of produce())'), stall(), { hit })
    const { timeline, log } = await strike(jobs.consumed, place)
    expect(timeline).toEqual([...frozen('line'), ...thenWakes].map((e) => e.replace(' line', ' await')))
    const all = ['made x', 'used made x', 'made y', 'used made y']
    const before = hit * 2 - 1
    expect(log).toEqual([
      ...all.slice(0, before).map((what) => `1 ${what}`),
      ...all.map((what) => `2 ${what}`),
      ...all.slice(before).map((what) => `1 ${what}`),
    ])
  })

  test('in a simulation, too; and the same with time that passes there', async () => {
    const { report } = await simulated(jobs.consumed, { faults: ['stall', 'delay'], depth: 2 })
    const { failures, summary, scenarios } = report
    expect(failures.map(({ id }) => id)).toEqual([])
    expect(summary).toMatchObject({ unreached: 0, exhaustive: true })
    const kinds = scenarios.flatMap(({ timeline }) => timeline.map(({ kind }) => kind))
    expect(kinds.filter((kind) => kind === 'retried' || kind === 'failed')).toEqual([])
  })

  test('the worker freezes as a whole: no other branch of it runs meanwhile', async () => {
    const glitch = glitchAt(file, '1`)', stall())
    const { timeline, log } = await strike(jobs.siblings, glitch)
    expect(timeline).toEqual([...frozen('line'), ...thenWakes])
    expect(log.slice(0, 4).every((entry) => entry.startsWith('2 '))).toBe(true)
    expect(log.slice(4).toSorted()).toEqual(['1 a1', '1 a2', '1 b1', '1 b2'])
  })

  test('to freeze again, once woken, takes no time', async () => {
    const first = glitchAt(file, "await w.io('first')", stall(), { attempt: 1 })
    const again = glitchAt(file, "await w.io('second')", stall(), { attempt: 1 })
    const { timeline, log } = await strike(jobs.steps, [first, again])
    expect(timeline).toEqual([
      ...frozen('line'),
      '+30s completed 2 (worker 2)',
      '+30s woke 1 (worker 1)',
      '+30s glitched 1 (worker 1) stall at line',
      '+30s refused 1 (worker 1)',
    ])
    expect(log).toEqual(['2 first', '2 second', '1 first', '1 second'])
  })

  test('a zombie that holds a lock is woken when the second delivery waits for it', async () => {
    const mutex = new jobs.Mutex()
    const glitch = glitchAt(file, "await w.io('inside')", stall())
    const { timeline, log } = await strike((w) => jobs.locked(w, mutex), glitch)
    expect(timeline).toEqual([
      ...frozen('line'),
      '+30s woke 1 (worker 1)',
      '+30s completed 2 (worker 2)',
      '+30s refused 1 (worker 1)',
    ])
    expect(log).toEqual(['1 before', '2 before', '1 inside', '2 inside'])
  })

  test('a zombie that waits for nothing takes the lock after the second delivery', async () => {
    const mutex = new jobs.Mutex()
    const glitch = glitchAt(file, 'const release = await mutex.acquire()', stall())
    const { timeline, log } = await strike((w) => jobs.locked(w, mutex), glitch)
    expect(timeline).toEqual([...frozen('line'), ...thenWakes])
    expect(log).toEqual(['1 before', '2 before', '2 inside', '1 inside'])
  })

  test('where the zombie never lets go, the second delivery hangs, and that is said', async () => {
    const mutex = new jobs.Mutex()
    const glitch = glitchAt(file, "await w.io('inside for good')", stall())
    const struck = strike((w) => jobs.neverReleased(w, mutex), glitch)
    await expect(struck).rejects.toThrow(/job-1 hangs on delivery 2: no progress at the await of/)
  })

  test('where the second delivery dies, a third one does the job before the zombie wakes', async () => {
    const second = "await w.io('second')"
    const { timeline, log } = await strike(jobs.steps, [
      glitchAt(file, second, stall(), { attempt: 1 }),
      glitchAt(file, second, crash(), { attempt: 2 }),
    ])
    expect(timeline).toEqual([
      ...frozen('line'),
      '+30s glitched 2 (worker 2) crash at line',
      '+30s crashed 2 (worker 2)',
      '+30s woke 1 (worker 1)',
      '+30s refused 1 (worker 1)',
      '+60s redelivered 3 (worker 3)',
      '+60s completed 3 (worker 3)',
    ])
    expect(log).toEqual(['1 first', '2 first', '1 second', '3 first', '3 second'])
  })

  test('code that is not async cannot be frozen, and the report says so', async () => {
    const { report } = await simulated(jobs.sync, { faults: ['stall'] })
    expect(report.scenarios).toEqual([])
    expect(report.summary.notApplicable.stall).toMatch(
      /^code that is not async cannot be frozen \(\d+ of \d+/,
    )
  })
})

describe('interrupt', () => {
  const asked = (graceMs: number) => [
    '+0s enqueued',
    '+0s started 1 (worker 1)',
    '+0s glitched 1 (worker 1) interrupt at line',
    `+0s interrupted 1 (worker 1) ${graceMs} ms to finish`,
  ]

  test.for([1, 5])('bailing out consumes no attempt (attempts: %i)', async (attempts) => {
    const glitch = glitchAt(file, "await w.io('part one')", interrupt())
    const { timeline, log } = await strike(jobs.polite, glitch, { attempts })
    expect(timeline).toEqual([
      ...asked(30_000),
      '+0s bailedOut 1 (worker 1)',
      '+0s redelivered 2 (worker 2)',
      '+0s completed 2 (worker 2)',
    ])
    expect(log).toEqual(['1 part one', '2 part one', '2 part two'])
  })

  test('who does not look at the signal finishes', async () => {
    const { timeline } = await strike(jobs.stubborn, glitchAt(file, "await w.io('stubborn')", interrupt()))
    expect(timeline).toEqual([...asked(30_000), '+0s completed 1 (worker 1)'])
  })

  test('past the grace the worker is killed, at that virtual time', async () => {
    const glitch = glitchAt(file, "await w.io('work')", interrupt({ grace: '20s' }))
    const { timeline, log } = await strike(jobs.slowToStop, glitch)
    expect(timeline).toEqual([
      ...asked(20_000),
      '+20s crashed 1 (worker 1)',
      '+30s redelivered 2 (worker 2)',
      '+30s completed 2 (worker 2)',
    ])
    expect(log).toEqual(['1 work', '2 work', '2 flushed'])
  })

  test('a longer grace lets it finish', async () => {
    const glitch = glitchAt(file, "await w.io('work')", interrupt({ grace: '2m' }))
    const { timeline, log } = await strike(jobs.slowToStop, glitch)
    expect(timeline).toEqual([...asked(120_000), '+60s completed 1 (worker 1)'])
    expect(log).toEqual(['1 work', '1 flushed'])
  })

  test('another error is a failed attempt', async () => {
    const { timeline } = await strike(jobs.failing, glitchAt(file, "await w.io('failing')", interrupt()))
    expect(timeline).toEqual([
      ...asked(30_000),
      '+0s failed 1 (worker 1) shutting down',
      '+3s retried 2 (worker 1)',
      '+3s completed 2 (worker 1)',
    ])
  })
})

describe('timeout', () => {
  const failed = [
    '+0s enqueued',
    '+0s started 1 (worker 1)',
    '+0s glitched 1 (worker 1) timeout at line',
    '+10s failed 1 (worker 1) FaultlineError: job-1 ran longer than its timeout of 10000 ms (attempt 1).',
  ]
  const second = (order: 'retry-first' | 'old-first') =>
    glitchAt(file, "await w.io('second')", timeout(order))

  test('retry first: the old code wakes after it', async () => {
    const { timeline, log } = await strike(jobs.steps, second('retry-first'), { timeout: '10s' })
    expect(timeline).toEqual([
      ...failed,
      '+13s retried 2 (worker 1)',
      '+13s completed 2 (worker 1)',
      '+13s woke 1 (worker 1)',
      '+13s refused 1 (worker 1) its time was up; it returned',
    ])
    expect(log).toEqual(['1 first', '2 first', '2 second', '1 second'])
  })

  test('old first: the old code ends before the retry starts', async () => {
    const { timeline, log } = await strike(jobs.steps, second('old-first'), { timeout: '10s' })
    expect(timeline).toEqual([
      ...failed,
      '+10s woke 1 (worker 1)',
      '+10s refused 1 (worker 1) its time was up; it returned',
      '+13s retried 2 (worker 1)',
      '+13s completed 2 (worker 1)',
    ])
    expect(log).toEqual(['1 first', '1 second', '2 first', '2 second'])
  })

  test('the signal of the old code is aborted', async () => {
    const aborted: boolean[] = []
    const perform = async (w: World, { signal }: JobContext) => {
      await jobs.steps(w)
      aborted.push(signal.aborted)
    }
    await strike(perform, second('old-first'), { timeout: '10s' })
    expect(aborted).toEqual([true, false])
  })

  test('both orders are run, where the job sets a time-out; elsewhere neither', async () => {
    const without = await simulated(jobs.steps, { faults: ['timeout'] })
    expect(without.report.scenarios).toEqual([])
    expect(Object.keys(without.report.summary.notApplicable)).toEqual([
      'timeout:retry-first',
      'timeout:old-first',
    ])
    expect(without.report.summary.notApplicable['timeout:old-first']).toContain('the job sets no time-out')
  })
})

describe('delay', () => {
  test('fires what is due on the way, in order', async () => {
    const { timeline, log } = await strike(jobs.ticking, glitchAt(file, "await w.io('end')", delay('1h')))
    expect(timeline).toEqual([
      '+0s enqueued',
      '+0s started 1 (worker 1)',
      '+0s glitched 1 (worker 1) delay at line',
      '+3600s completed 1 (worker 1)',
    ])
    expect(log).toEqual(['1 start', '1 tick', '1 tick', '1 tick', '1 end'])
  })

  test('locks with heartbeats hold: nobody else gets the job', async () => {
    const { timeline } = await strike(jobs.steps, glitchAt(file, "await w.io('second')", delay('32d')))
    expect(timeline.at(-1)).toBe('+2764800s completed 1 (worker 1)')
    expect(timeline).toHaveLength(4)
  })

  test('time passes in code that is not async, too', async () => {
    const { timeline } = await strike(jobs.sync, glitchAt(file, "w.effect('at once')", delay('26h')))
    expect(timeline.at(-1)).toBe('+93600s completed 1 (worker 1)')
  })
})

describe('duplicate', () => {
  test('a settled job is delivered once more, and only once', async () => {
    const { report, logs } = await simulated(jobs.steps, { faults: [duplicate()] })
    expect(report.scenarios.map(({ id, timeline }) => [id, brief(timeline)])).toEqual([
      [
        'duplicate@settle',
        [
          '+0s enqueued',
          '+0s started 1 (worker 1)',
          '+0s glitched 1 (worker 1) duplicate at settle',
          '+0s completed 1 (worker 1)',
          '+0s retried 2 (worker 1)',
          '+0s completed 2 (worker 1)',
        ],
      ],
    ])
    expect(logs.get('duplicate@settle')).toBe('1 first, 1 second, 2 first, 2 second')
  })
})

describe('several at once', () => {
  test('each strikes in its attempt', async () => {
    const { timeline } = await strike(jobs.steps, [
      glitchAt(file, "await w.io('second')", error(), { attempt: 1 }),
      glitchAt(file, "await w.io('first')", crash(), { attempt: 2 }),
    ])
    expect(timeline).toEqual([
      '+0s enqueued',
      '+0s started 1 (worker 1)',
      '+0s glitched 1 (worker 1) error at line',
      expect.stringContaining('+0s failed 1 (worker 1) GlitchError: '),
      '+3s retried 2 (worker 1)',
      '+3s glitched 2 (worker 1) crash at line',
      '+3s crashed 2 (worker 1)',
      '+33s redelivered 3 (worker 2)',
      '+33s completed 3 (worker 2)',
    ])
  })
})
