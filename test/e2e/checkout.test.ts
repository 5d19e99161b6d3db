import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TemporaryFolder, temporaryFolder } from '../helpers/left-behind.ts'
import { type Finished, nodeTool, run } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'
import { survivesTheWrittenJob, writtenJobFails } from './checkout/verdicts.ts'

const project = path.join(REPOSITORY, 'fixtures/projects/checkout')
const { scripts } = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'))
let temporary: TemporaryFolder

beforeAll(() => {
  temporary = temporaryFolder()
})
afterAll(() => temporary.remove())

/** As `npm run demo` does it. */
function demo(env: Record<string, string> = {}): Promise<Finished> {
  const bin = `${path.join(REPOSITORY, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}`
  return run('sh', ['-c', scripts.demo], { cwd: REPOSITORY, env: { ...temporary.env, PATH: bin, ...env } })
}

describe('npm run demo', () => {
  let finished: Finished
  let tookMs: number

  beforeAll(async () => {
    const startMs = performance.now()
    finished = await demo()
    tookMs = performance.now() - startMs
  })

  test('the job as written fails, the repaired one survives', async () => {
    expect(finished.stderr).toBe('')
    await expect(steady(finished.stdout)).toMatchFileSnapshot('checkout/demo.txt')
    expect(finished.code).toBe(0)
  })

  test('takes less than 30 s', () => {
    expect(tookMs).toBeLessThan(30_000)
  })

  test('leaves no process and no file behind', () => {
    expect(temporary.leftBehind()).toEqual([])
  })

  test('a printed token replays that one failure', async () => {
    const tokens = [...finished.stdout.matchAll(/FAULTLINE_REPLAY='(.*)'/g)].map(([, token]) => token!)
    const lost = tokens.find((token) => token.includes(': error@src/db.ts:15 '))!
    const { code, stdout, stderr } = await demo({ FAULTLINE_REPLAY: lost })
    expect(stderr).toBe(
      "faultline: 'fulfil order, repaired' is skipped, FAULTLINE_REPLAY replays 'fulfil order'\n",
    )
    await expect(steady(stdout)).toMatchFileSnapshot('checkout/replay.txt')
    expect(stdout).toContain(lost)
    expect(code).toBe(0)
  })
})

test('every verdict on both versions', async () => {
  const { stdout, stderr } = await nodeTool(
    ['--import', '../../../test/helpers/register-source.ts', '../../../test/helpers/checkout-verdicts.ts'],
    { cwd: project, env: temporary.env },
  )
  expect(stderr).toBe('')
  const [written, repaired] = JSON.parse(stdout) as { causes: Record<string, string[]>; survived: string[] }[]
  expect(byPlace(written!.causes)).toEqual(writtenJobFails)
  expect(byPlace({ survived: written!.survived })).toEqual({ survived: survivesTheWrittenJob })
  expect(repaired!.causes).toEqual({})
  expect(repaired!.survived).toHaveLength(134)
  expect(new Set(repaired!.survived).size).toBe(134)
  expect(temporary.leftBehind()).toEqual([])
})

test('the same as a test of Vitest', async () => {
  const vitest = path.join(REPOSITORY, 'node_modules/vitest/vitest.mjs')
  const { code, output } = await nodeTool([vitest, 'run'], { cwd: project, env: temporary.env })
  await expect(steady(output)).toMatchFileSnapshot('checkout/vitest.txt')
  expect(code).toBe(1)
  expect(temporary.leftBehind()).toEqual([])
})

/** `error@src/db.ts:14`, `crash@src/db.ts:14` as `src/db.ts:14  error, crash`. */
function byPlace(groups: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, ids]) => {
      const places = new Map<string, string[]>()
      for (const id of ids) {
        const [, fault, place] = /^(\w+)@(.*)$/.exec(id)!
        places.set(place!, [...(places.get(place!) ?? []), fault!])
      }
      return [name, [...places].map(([place, faults]) => `${place}  ${faults.join(', ')}`)]
    }),
  )
}

/** Without what differs from run to run: the clock, times, hashes of the source, where the repository is. */
function steady(output: string): string {
  return output
    .replaceAll(REPOSITORY, '<repository>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<clock>')
    .replace(/<clock>, [0-9a-f]{8}\)/g, '<clock>, <hash>)')
    .replace(/\s+(· )?took [\d.]+ m?s/g, ' took <time>')
    .replace(/(·|in) [\d.]+ m?s\b/g, '$1 <time>')
    .replace(/^( +(?:Start at|Duration) +).*$/gm, '$1<time>')
    .replace(/ \d+ms$/gm, ' <time>')
    .replace(/v\d+\.\d+\.\d+/g, '<version>')
    .replace(/[ \t]+$/gm, '')
}
