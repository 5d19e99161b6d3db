import {
  defineJob,
  error,
  glitchAt,
  glitchBeforeCall,
  runScenario,
  type ScenarioOptions,
  type ScenarioResult,
} from 'faultline'
import { beforeEach, expect, test } from 'vitest'
import * as jobs from '../../../fixtures/engine/through.ts'
import { shared } from '../../../src/runtime/index.ts'
import { World } from '../../helpers/engine-world.ts'

const file = 'fixtures/engine/through.ts'
let world = new World()
let setups = 0
const setup = () => {
  setups++
  world = new World()
}
const ends = (run: { faults: readonly unknown[] }) => run.faults.length < 2

// What earlier tests have seen is not to help.
beforeEach(() => {
  world = new World()
  setups = 0
  for (const record of Object.values(shared.files)) delete record.promised
})

function strike(
  perform: (w: World) => unknown,
  options: ScenarioOptions,
  check: (run: never) => unknown = ends,
): Promise<ScenarioResult> {
  const job = defineJob<null>({ name: 'job', attempts: 5, perform: () => perform(world) })
  return runScenario(job.with(null), options as ScenarioOptions<undefined>, check as never)
}
const log = () => world.log.map(({ delivery, what }) => `${delivery} ${what}`)

test('an error before the return of a promise rejects it, although nothing was seen before', async () => {
  const result = await strike(jobs.uploadsBeside, { setup, glitch: glitchBeforeCall('begin') })
  expect(result).toMatchObject({ outcome: 'survived' })
  expect(result.approximate).toBeUndefined()
  expect(log()).toEqual(['1 b', '1 rejected fulfilled'])
  expect(setups).toBe(3)
})

test('before a line, too', async () => {
  const glitch = glitchAt(file, 'return w.io(path)', undefined, { hit: 2 })
  await strike(jobs.uploadsInBody, { setup, glitch })
  expect(log().slice(0, 2)).toEqual(['1 /a', '1 /c'])
})

test('what is known already costs no further run', async () => {
  for (const runs of [3, 1]) {
    setups = 0
    await strike(jobs.uploadsBeside, { setup, glitch: glitchBeforeCall('begin') })
    expect(setups).toBe(runs)
  }
})

test('what returns no promise throws', async () => {
  await strike(jobs.parsing, { setup, glitch: glitchBeforeCall('parsed') })
  expect(log()).toEqual(['1 caught', '1 done'])
  expect(setups).toBe(3)
  setups = 0
  await strike(jobs.parsing, { setup, glitch: glitchBeforeCall('parsed') })
  expect(setups).toBe(1)
})

test('with a snapshot, the run before tells', async () => {
  const snapshot = () => world.log.at(-1)!.what.replace('rejected', 'fulfilled')
  await strike(jobs.uploadsBeside, { setup, glitch: glitchBeforeCall('begin'), snapshot })
  expect(log()).toEqual(['1 b', '1 rejected fulfilled'])
  expect(setups).toBe(2)
})

test('without a set-up nothing is performed twice, and that is said', async () => {
  const result = await strike(jobs.uploadsBeside, { glitch: glitchBeforeCall('begin') })
  expect(log()).toEqual(['2 a', '2 b', '2 fulfilled fulfilled'])
  expect(result.approximate).toMatch(
    /^the error was thrown, and not given to the promise that fixtures\/engine\/through\.ts:\d+ may return: without `setup`/,
  )
})

test('a crash, and an error of an async function, need no further run', async () => {
  await strike(jobs.uploadsBeside, { setup, glitch: glitchBeforeCall('uploadsBeside', error()) })
  expect(setups).toBe(1)
})
