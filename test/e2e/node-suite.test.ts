import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Finished, nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'
import { steadyNode } from '../helpers/steady.ts'

const cwd = path.join(REPOSITORY, 'fixtures/projects/node-suite')

function nodeTest(args: string[], env: Record<string, string> = {}): Promise<Finished> {
  const register = path.join(REPOSITORY, 'test/helpers/register-source.ts')
  return nodeTool(['--import', register, '--test', '--test-reporter=spec', ...args], { cwd, env })
}

describe('simulations under node --test', () => {
  test('are tests, or one subtest for each scenario', async () => {
    const { code, output } = await nodeTest(['charge.test.ts'])
    expect(code).toBe(1)
    await expect(steadyNode(output)).toMatchFileSnapshot('node-suite/spec.txt')
  })

  test('races are tests', async () => {
    const { code, output } = await nodeTest(['races.test.ts'])
    expect(code).toBe(1)
    expect(output).toMatch(/✖ charge .*\n✔ charge once .*\n﹣ left out .*# SKIP\n/)
    expect(output).toContain('✗ charge  2 of 4 schedules fail')
    expect(output).toContain('test at races.test.ts:13:1\n✖ charge ')
    expect(output).not.toContain('report: {')
  })

  test('are chosen by name', async () => {
    const { code, output } = await nodeTest(['--test-name-pattern', 'charge once', 'charge.test.ts'])
    expect(code, output).toBe(0)
    expect(output).toContain('ℹ pass 9')
  })

  test('replay the one scenario of a token, and skip the others where everybody can see it', async () => {
    const { output } = await nodeTest(['charge.test.ts'])
    const token = /FAULTLINE_REPLAY='(each of charge.*?)'/.exec(output)![1]!
    const replayed = await nodeTest(['charge.test.ts'], { FAULTLINE_REPLAY: token })
    expect(replayed.code).toBe(1)
    expect(replayed.output).toContain('✗ 1 of 1 scenario fails')
    expect(replayed.output).toContain('﹣ charge once')
    expect(replayed.output).toContain("# FAULTLINE_REPLAY replays 'each of charge'")
    expect(replayed.output).toContain('ℹ skipped 3')
  })
})
