import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Finished, vitest } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'
import { steady } from '../helpers/steady.ts'

/** The job, its fake world and its simulation in one test file, as everybody tries a tool first. */
const project = path.join(REPOSITORY, 'fixtures/projects/first-try')
const runIt = (env: Record<string, string> = {}, ...files: string[]) =>
  vitest(['run', '--maxWorkers=1', ...files], { cwd: project, env })

describe('a first try in one file', () => {
  let first: Finished

  beforeAll(async () => {
    first = await runIt({}, 'broken')
  })

  test('gives points in the job only, and says what is wrong with it', async () => {
    expect(first.code).toBe(1)
    expect(first.stderr).toContain('4 points')
    await expect(steady(first.stderr)).toMatchFileSnapshot('first-try.txt')
  })

  test('says the same in another process, to the letter', async () => {
    const second = await runIt({}, 'broken')
    expect(steady(second.stderr)).toBe(steady(first.stderr))
    expect(steady(second.stdout)).toBe(steady(first.stdout))
  })

  test('passes once it is repaired', async () => {
    const { code, output } = await runIt({}, 'fixed')
    expect([code, /Tests +1 passed \(1\)/.test(output)]).toEqual([0, true])
  })

  test('the printed line replays one scenario and skips the others where everybody can see it', async () => {
    const token = /FAULTLINE_REPLAY='(.*?)'/.exec(first.stderr)![1]!
    const { code, output } = await runIt({ FAULTLINE_REPLAY: token })
    expect(code).toBe(1)
    expect(output).toContain('✗ 1 of 1 scenario fails')
    expect(output).toMatch(/Tests +1 failed \| 1 skipped \(2\)/)
    expect(output).toContain(token)
  })
})
