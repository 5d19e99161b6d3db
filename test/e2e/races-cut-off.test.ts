import path from 'node:path'
import { expect, test } from 'vitest'
import { nodeTool, vitest } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const cwd = path.join(REPOSITORY, 'fixtures/projects/cut-off')
const cutOff = [
  'racers that never settle',
  'schedules without end',
  'assertions that never settle',
  'a set-up that never settles',
  'no signal, and a race that ends by itself',
]
const failing = {
  'assertions that throw': 'an update was lost',
  'a connection that fails': 'no connection is free',
}
const said = /faultline: \w+\(\) waits for its turn: another one still runs in this process\.\n {2}hint: /

test('Vitest cuts races off in the middle: the next test of the file runs as ever', {
  timeout: 120_000,
}, async () => {
  const { code, output } = await vitest(['run', '--reporter=verbose'], { cwd, timeoutMs: 100_000 })
  expect(code, output).toBe(1)
  for (const name of cutOff) {
    expect(output).toMatch(
      new RegExp(`× races\\.test\\.ts > ${name} > cut off .*\\n.*Test timed out in 400ms`),
    )
    expect(output, output).toContain(`✓ races.test.ts > ${name} > usable `)
  }
  for (const [name, message] of Object.entries(failing)) {
    expect(output).toContain(`× races.test.ts > ${name} > fails `)
    expect(output).toContain(message)
    expect(output).toContain(`✓ races.test.ts > ${name} > usable `)
  }
  expect(output).toMatch(/Tests {2}7 failed \| 7 passed \(14\)/)
  expect(output).not.toMatch(/Unhandled|Error: cancelled/)
})

test('node --test does, too, and its process ends by itself', { timeout: 120_000 }, async () => {
  const register = path.join(REPOSITORY, 'test/helpers/register-source.ts')
  const args = ['--import', register, '--test', '--test-reporter=spec', 'races.node.ts']
  const { code, output } = await nodeTool(args, { cwd, timeoutMs: 100_000 })
  expect(code, output).toBe(1)
  for (const name of cutOff)
    expect(output, output).toMatch(new RegExp(`▶ ${name}\\n +✖ cut off .*\\n +✔ usable `))
  for (const [name, message] of Object.entries(failing)) {
    expect(output, output).toMatch(new RegExp(`▶ ${name}\\n +✖ fails .*\\n +✔ usable `))
    expect(output).toContain(message)
  }
  expect(output).toMatch(/ℹ pass 7\n/)
  expect(output).toContain('test timed out after 400ms')
  expect(output).not.toMatch(/unhandled/i)
})

test('who waits for a race that nobody waits for any more says so', async () => {
  const args = ['run', 'waits', '--reporter=verbose']
  const { output } = await vitest(args, { cwd, timeoutMs: 50_000, env: { WAITS: '1' } })
  expect(output).toMatch(said)
  expect(output).toContain('✓ waits.test.ts > usable ')
})
