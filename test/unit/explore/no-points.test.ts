import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { defineJob, glitchBeforeCall, runScenario, simulate, trace } from 'faultline'
import { expect, test, vi } from 'vitest'
import { slashed } from '../../../src/loader/globs.ts'

const load = createRequire(import.meta.url)
const own = 'test/unit/explore/no-points.test.ts'
const charge = (perform: () => unknown) => defineJob({ name: 'charge', perform }).with(null)

const errorOf = async (run: Promise<unknown>): Promise<string> => {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: 'FaultlineError', code: 'FAULTLINE_NO_POINTS' })
  return (error as Error).message
}

test('the loader is missing', async () => {
  vi.stubEnv('FAULTLINE_LOADER', '')
  const message = await errorOf(
    simulate(
      charge(() => {}),
      () => {},
    ),
  )
  vi.unstubAllEnvs()
  expect(message).toBe(
    'charge reached no failure point: nothing instruments the code of this process.\n' +
      '  hint: In Vitest, add faultline() of faultline/vite to `plugins`; elsewhere, start with `node --import faultline/register`.',
  )
})

test.each([
  [
    'simulate',
    () =>
      simulate(
        charge(async () => {}),
        () => {},
      ),
  ],
  ['trace', () => trace(charge(async () => {}))],
  [
    'runScenario',
    () =>
      runScenario(
        charge(async () => {}),
        { glitch: glitchBeforeCall('charge') },
        () => {},
      ),
  ],
])('the file is excluded: %s', async (_, run) => {
  expect(await errorOf(run())).toBe(
    `charge reached no failure point: ${own} is not instrumented, because it is named by exclude.\n` +
      `  hint: If it is under test, name it: faultline({ include: ['${own}'] }) in the Vitest configuration.`,
  )
})

test('the module was loaded outside of Vite', async () => {
  const { perform } = load('../../../fixtures/engine/required.cjs')
  expect(await errorOf(simulate(charge(perform), () => {}))).toBe(
    'charge reached no failure point: fixtures/engine/required.cjs is to be instrumented, but was loaded past Vite.\n' +
      '  hint: Import it instead of requiring it; if a package imports it, name that package in `test.server.deps.inline`.',
  )
})

test('it is a workspace package in node_modules', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'faultline-no-points-'))
  const file = path.join(folder, 'node_modules/our-jobs/index.cjs')
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, 'exports.perform = async () => {}')
  const { perform } = load(file)
  expect(await errorOf(simulate(charge(perform), () => {}))).toBe(
    `charge reached no failure point: ${slashed(file)} is not instrumented, because it is in node_modules.\n` +
      "  hint: If the package is yours, name it: faultline({ include: ['node_modules/our-jobs/**'] }) in the Vitest configuration.",
  )
  rmSync(folder, { recursive: true })
})

test('where the function is cannot be told', async () => {
  const unknown =
    'charge reached no failure point: none of the code that ran is instrumented; no file is instrumented.\n' +
    "  hint: If the job's code is in node_modules, in build output, a test helper or outside the root, name it: " +
    "faultline({ include: ['the/file.ts'] }) in the Vitest configuration."
  expect(await errorOf(simulate(charge((() => {}).bind(null)), () => {}))).toBe(unknown)
  const loaded = defineJob({ name: 'charge', load: async () => () => {} }).with(null)
  expect(await errorOf(simulate(loaded, () => {}))).toBe(unknown)
})
