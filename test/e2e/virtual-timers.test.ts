import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeTool, vitest } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'faultline-timers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const files: Record<string, string> = {
  'package.json': '{ "type": "module" }',
  'node_modules/patient/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/patient/index.js': `
    import { setTimeout as sleep } from 'node:timers/promises'
    export const promised = (ms) => sleep(ms, 'promised')
    export const called = (ms) => new Promise((resolve) => setTimeout(resolve, ms, 'called'))
    export const cleared = (ms) => new Promise((resolve) => {
      const timer = setTimeout(resolve, ms / 2, 'not cleared')
      clearTimeout(timer)
      setTimeout(resolve, ms, 'cleared')
    })
    export const aborted = (ms) => new Promise((resolve) =>
      AbortSignal.timeout(ms).addEventListener('abort', () => resolve('aborted')))
    export const ticked = (ms) => new Promise((resolve) => {
      let ticks = 0
      const timer = setInterval(() => { if (++ticks === 3) { clearInterval(timer); resolve('ticked') } }, ms / 3)
    })
  `,
  'node_modules/@old/patient/package.json': '{ "main": "./index.js" }',
  'node_modules/@old/patient/index.js': `
    const { promisify } = require('node:util')
    exports.promisified = (ms) => promisify(setTimeout)(ms, 'promisified')
  `,
  'main.ts': `
    import { performance } from 'node:perf_hooks'
    import { defineJob, simulate } from 'faultline'
    import * as patient from 'patient'
    import old from '@old/patient'
    const functions = { ...patient, ...old } as Record<string, (ms: number) => Promise<string>>
    const [ms, packages] = JSON.parse(process.argv[2]!)
    const before = { setTimeout, clearTimeout, timeout: AbortSignal.timeout }
    const startMs = performance.now()
    for (const [name, wait] of Object.entries(functions)) {
      if (name === 'default' || name === 'module.exports') continue
      const job = defineJob({ name, perform: async () => {
        const start = Date.now()
        const said = await wait(ms)
        return said + ' ' + (Date.now() - start >= ms - 3)
      } })
      const report = await simulate(job.with(null), (run) => run.result === name + ' true', {
        virtualTimers: packages, faults: ['crash'], points: () => false, now: new Date('2026-01-05T09:00:00Z'),
      })
      console.log(name, report.failures.length)
    }
    const same = setTimeout === before.setTimeout && clearTimeout === before.clearTimeout
    console.log('same', same && AbortSignal.timeout === before.timeout)
    console.log('fast', performance.now() - startMs < 60_000)
  `,
  'vitest.config.ts': `
    import { faultline } from ${JSON.stringify(path.join(REPOSITORY, 'src/vite.ts'))}
    import { sourceAlias } from ${JSON.stringify(path.join(REPOSITORY, 'test/helpers/source-alias.ts'))}
    export default { plugins: [faultline()], resolve: { alias: sourceAlias }, test: { globals: true } }
  `,
  'timers.test.ts': `
    import { defineJob, simulate } from 'faultline'
    import * as patient from 'patient'
    import old from '@old/patient'
    const options = { faults: ['crash'], points: () => false, now: new Date('2026-01-05T09:00:00Z') } as const
    const functions = { ...patient, ...old } as Record<string, (ms: number) => Promise<string>>
    test.each(Object.keys(patient).concat('promisified'))('%s', async (name) => {
      const job = defineJob({ name, perform: async () => {
        const start = Date.now()
        const said = await functions[name]!(Number(process.env.WAIT_MS))
        return said + ' ' + (Date.now() - start >= Number(process.env.WAIT_MS) - 3)
      } })
      const virtualTimers = JSON.parse(process.env.VIRTUAL!)
      const report = await simulate(job.with(null), (run) => run.result === name + ' true', { ...options, virtualTimers })
      expect(report.failures).toEqual([])
    })
  `,
}

beforeAll(() => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
})

describe('timers of packages', { timeout: 120_000 }, () => {
  const run = (ms: number, packages: string[]) => {
    const register = path.join(REPOSITORY, 'test/helpers/register-source.ts')
    const args = ['--import', register, 'main.ts', JSON.stringify([ms, packages])]
    return nodeTool(args, { cwd: folder, timeoutMs: 100_000 })
  }

  test('are virtual where the packages are named', async () => {
    const { code, stdout, stderr } = await run(3_600_000, ['patient', '@old/patient'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.trim().split('\n').sort()).toEqual([
      'aborted 0',
      'called 0',
      'cleared 0',
      'fast true',
      'promised 0',
      'promisified 0',
      'same true',
      'ticked 0',
    ])
  })

  test('are virtual under Vitest, too, whose modules are loaded its own way', async () => {
    const env = { WAIT_MS: '3600000', VIRTUAL: '["patient","@old/patient"]' }
    const { code, output } = await vitest(['run'], { cwd: folder, env, timeoutMs: 100_000 })
    expect(code, output).toBe(0)
    expect(output).toContain('6 passed (6)')
    const real = await vitest(['run'], { cwd: folder, env: { WAIT_MS: '60', VIRTUAL: '["another"]' } })
    expect(real.code, real.output).toBe(1)
    expect(real.output).toContain('6 failed (6)')
  })

  test('are real elsewhere: virtual time does not pass for them', async () => {
    const { stdout } = await run(60, ['another'])
    expect(stdout).toContain('called 1')
    expect(stdout).toContain('promised 1')
    expect(stdout).toContain('same true')
  })
})
