import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Finished, nodeTool, run } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const folder = path.join(REPOSITORY, '.tmp/mocha')
const mocha = path.join(folder, 'node_modules/mocha/bin/mocha.js')

const spec = `
  import assert from 'node:assert/strict'
  import { defineJob, runSimulation } from 'faultline'
  import { charge } from './charge.ts'

  const bank = { charges: [] as string[] }
  const job = defineJob<{ key?: string }>({ name: 'charge', perform: ({ key }) => charge(bank, key) })
  const options = { setup: () => void (bank.charges = []), now: new Date('2026-01-05T09:00:00Z') }
  const once = () => assert.equal(bank.charges.length, 1)

  describe('charge', function () {
    this.timeout(60_000)
    it('charges once with a key', () => runSimulation(job.with({ key: 'a' }), options, once))
    it('charges twice without', () => runSimulation(job.with({}), options, once))
  })
`
const job = `
  export async function charge(bank: { charges: string[] }, key?: string): Promise<void> {
    if (key !== undefined && bank.charges.includes(key)) return
    bank.charges.push(key ?? 'no key')
    await confirm()
  }
  async function confirm(): Promise<void> {}
`

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  if (!existsSync(mocha)) {
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', 'mocha@11']
    const { code, output } = await run('npm', args, { cwd: folder, timeoutMs: 240_000 })
    expect(code, output).toBe(0)
  }
  writeFileSync(path.join(folder, 'charge.ts'), job)
  writeFileSync(path.join(folder, 'charge.spec.ts'), spec)
}, 300_000)

test('simulations under Mocha: what survives passes, what does not fails with the report', async () => {
  const register = path.join(REPOSITORY, 'test/helpers/register-source.ts')
  const { code, output }: Finished = await nodeTool(['--import', register, mocha, 'charge.spec.ts'], {
    cwd: folder,
  })
  expect(code, output).toBe(1)
  expect(output).toContain('1 passing')
  expect(output).toContain('1 failing')
  expect(output).toContain('✔ charges once with a key')
  expect(output).toContain('charge.ts:5')
  expect(output).toMatch(/✗ \d+ of \d+ scenarios fail/)
  expect(output).toContain("FAULTLINE_REPLAY='charge: ")
})
