import { defineJob, exploreRaces, glitchBeforeCall, runScenario, simulate } from 'faultline'
import { expect, test, vi } from 'vitest'
import * as jobs from '../../../fixtures/engine/races.ts'

let w: jobs.Account
const setup = () => (w = new jobs.Account())
const steps = defineJob<string>({ name: 'steps', perform: (name) => jobs.fourSteps(w, name) })
const [a, b] = [steps.with('A'), steps.with('B')]
const never = () => new Promise<never>(() => {})
const reason = new Error('the test is over')

function cancelledAfter(ms: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), ms)
  return controller.signal
}

const forms = [
  ['simulate', (options: object) => simulate(a, () => true, { setup, ...options })],
  ['exploreRaces', (options: object) => exploreRaces([a, b], () => true, { setup, ...options })],
  [
    'runScenario',
    (options: object) =>
      runScenario(a, { setup, glitch: glitchBeforeCall('fourSteps'), ...options }, () => true),
  ],
] as const

for (const [form, run] of forms) {
  test.for([
    ['boot', { boot: never }],
    ['setup', { setup: never }],
    ['a queue', { queue: never }],
    ['snapshot', { snapshot: never }],
  ] as const)(`${form} is cancelled while %s never settles`, async ([_, options]) => {
    const error = await run({ ...options, signal: cancelledAfter(50) }).catch((error) => error)
    expect(error).toMatchObject({ code: 'FAULTLINE_ABORTED', cause: reason })
    expect((await simulate(a, () => true, { setup })).failures).toEqual([])
  })
}

test('cancelled while the assertions never settle, or after they have thrown', async () => {
  const options = { setup, signal: cancelledAfter(50) }
  await expect(simulate(a, never, options)).rejects.toMatchObject({
    code: 'FAULTLINE_ABORTED',
    cause: reason,
  })
  const report = await simulate(a, () => Promise.reject(new Error('wrong')), {
    ...options,
    signal: undefined,
  })
  expect(report.failures[0]).toMatchObject({ reason: 'assertion', error: { message: 'wrong' } })
})

test('what a cancelled set-up still does ends before the next run', async () => {
  const log: string[] = []
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    log.push('set up')
  }
  await expect(
    simulate(a, () => true, { setup: slow as never, signal: cancelledAfter(20) }),
  ).rejects.toMatchObject({ code: 'FAULTLINE_ABORTED' })
  expect(log).toEqual(['set up'])
})

test('who is cancelled while it waits for its turn never runs, and lets nobody overtake', async () => {
  const log: string[] = []
  const run = (name: string, ms: number, signal?: AbortSignal) =>
    simulate(a, () => true, {
      ...(signal && { signal }),
      setup,
      boot: async () => {
        log.push(`${name} begins`)
        await new Promise((resolve) => setTimeout(resolve, ms))
        log.push(`${name} ends`)
      },
    }).catch((error) => log.push(`${name}: ${error.message}`))
  const first = run('first', 300)
  const second = run('second', 0, cancelledAfter(50))
  await second
  const third = run('third', 0)
  const over = new AbortController()
  over.abort(reason)
  await Promise.all([first, third, run('fourth', 0, over.signal)])
  expect(log).toEqual([
    'first begins',
    'second: simulate() was cancelled before it began.',
    'fourth: simulate() was cancelled before it began.',
    'first ends',
    'third begins',
    'third ends',
  ])
})

test('who waits for long says why', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const boot = () => new Promise<void>((resolve) => setTimeout(resolve, 4_300))
  const slow = simulate(a, () => true, { setup, boot })
  await simulate(a, () => true, { setup })
  await slow
  const text = said.mock.calls.map(([chunk]) => String(chunk)).join('')
  said.mockRestore()
  expect(text).toContain(
    'faultline: simulate() waits for its turn: another one still runs in this process.\n',
  )
})
