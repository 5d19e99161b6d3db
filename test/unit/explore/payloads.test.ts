import { stripVTControlCharacters } from 'node:util'
import { defineJob, enqueuedBy, once, runSimulation, type SimulationOptions, simulate } from 'faultline'
import { afterEach, describe, expect, test } from 'vitest'
import * as code from '../../../fixtures/engine/delivery-faults.ts'
import { World } from '../../helpers/engine-world.ts'

type Payload = { name: string } | { userName: string }

let world = new World()
const setup = () => (world = new World())
const now = new Date(0)
const greet = defineJob<Payload>({
  name: 'greet',
  attempts: 2,
  perform: (payload) => code.greet(world, payload as Payload),
})
const work = greet.with({ name: 'ann' })
const all = (w: World) => w.log.map(({ delivery, what }) => `${delivery}:${what}`).join(' ')

/** What the assertions saw at the end of each run without faults. */
async function seen(options: SimulationOptions<World>) {
  const runs: string[] = []
  const report = await simulate<World>(
    work,
    (run, w) => {
      if (run.faults.length === 0) runs.push(`${run.id}: ${all(w)}`)
      return w.log.some(({ what }) => what === 'hello ANN')
    },
    { setup, now, faults: ['crash'], ...options },
  )
  return { runs, report }
}

afterEach(() => {
  delete process.env.FAULTLINE_REPLAY
})

describe('payloads', () => {
  test('each is delivered once, without faults, and judged by the assertions', async () => {
    const { runs, report } = await seen({ payloads: [{ userName: 'ann' }, () => ({ name: 'Ann' })] })
    expect(runs).toEqual([
      'baseline: 1:hello ANN',
      'baseline: 1:hello ANN',
      'payload[0]: 1:hello ANN',
      'payload[1]: 1:hello ANN',
    ])
    const [first, ...rest] = report.scenarios
    expect([first!.id, first!.faults, first!.outcome]).toEqual(['payload[0]', [], 'survived'])
    expect(first!.timeline.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['enqueued', 'payload[0] {"userName":"ann"}'],
      ['started', undefined],
      ['completed', undefined],
    ])
    expect(rest[0]!.id).toBe('payload[1]')
    expect(rest.slice(1).every(({ id }) => id.startsWith('crash@'))).toBe(true)
    expect([report.failures, report.summary.skipped, report.summary.exhaustive]).toEqual([[], 0, true])
  })

  test('one that the job cannot read kills it, one that it misreads fails the assertions', async () => {
    const { report } = await seen({ payloads: [{ user: 'ann' }, { name: 'bob' }], maxScenarios: 2 })
    expect(report.failures.map(({ id, reason }) => [id, reason])).toEqual([
      ['payload[0]', 'dead'],
      ['payload[1]', 'assertion'],
    ])
    expect(report.summary).toMatchObject({ scenarios: 4, survived: 2, failed: 2 })
    expect(report.causes.map(({ scenarios }) => scenarios)).toEqual([['payload[0]'], ['payload[1]']])
    const text = stripVTControlCharacters(String(report))
    expect(text).toContain('✗ 2 of 4 scenarios fail')
    expect(text).toContain('payload[0], without any fault')
    expect(text).toContain('A payload of another release waits in the queue')
  })

  test('no snapshot judges them', async () => {
    const snapshot = (w: World) => all(w)
    const options: SimulationOptions<World> = {
      setup,
      snapshot,
      payloads: [{ name: 'bob' }],
      faults: ['error'],
      points: 'none',
    }
    const report = await runSimulation<World>(work, options)
    expect(report.scenarios.map(({ id, outcome }) => [id, outcome])).toEqual([['payload[0]', 'survived']])
  })

  test('are replayed by their token', async () => {
    const { report } = await seen({ payloads: [{ name: 'bob' }] })
    process.env.FAULTLINE_REPLAY = report.failures[0]!.replay
    const again = await seen({ payloads: [{ name: 'bob' }] })
    expect(again.report.scenarios.map(({ id, outcome }) => [id, outcome])).toEqual([['payload[0]', 'failed']])
    expect(again.report.summary.skipped).toBe(report.scenarios.length - 1)
  })

  test('are for jobs only', async () => {
    const payloads = [{}]
    const hint = '\n  hint: Simulate the job itself, with the payloads that other releases enqueued for it.'
    const wrong = (kind: string) =>
      `payloads: the work is ${kind}, which has no payload; allowed is the option with a job: job.with(payload).${hint}`
    await expect(
      simulate(
        () => {},
        () => {},
        { payloads },
      ),
    ).rejects.toMatchObject({
      code: 'FAULTLINE_BAD_OPTION',
      message: wrong('a function'),
    })
    await expect(
      simulate(
        enqueuedBy(() => {}),
        () => {},
        { payloads },
      ),
    ).rejects.toThrow(wrong('what enqueuedBy(fn) enqueues'))
    await expect(
      simulate(
        once(() => {}),
        () => {},
        { payloads },
      ),
    ).rejects.toThrow(wrong('a request handler, once(fn)'))
    await expect(simulate(work, () => {}, { payloads: {} as never })).rejects.toThrow(
      'payloads: received object; allowed is a list of payloads.',
    )
  })
})
