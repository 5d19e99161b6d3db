import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'faultline-copies-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Test runners load several copies of a package: whatever one makes, the other has to take. */
const script = `
import * as one from './one/index.ts'
import * as two from './two/index.ts'
import { charge, log, Mailer } from './app/charge.ts'

const mailer = two.outside(new Mailer())
const job = one.defineJob({ name: 'charge', perform: () => charge(mailer) })
const told = ({ summary, failures }) => ({ ...summary, durationMs: 0, now: '', failures: failures.map(({ id, error }) => id + ' ' + error.message.split('\\n')[0]) })
const setup = () => void log.splice(0)

const print = (name, value) => console.log(name + ' ' + JSON.stringify(value))
const same = { faults: [one.error(), one.crash()], setup }
const across = { faults: [two.error(), two.crash()], setup, queue: () => two.memoryQueue() }
print('one copy', told(await one.simulate(job.with(null), () => {}, same)))
print('across', told(await one.simulate(job.with(null), () => {}, across)))
print('points', (await two.trace(two.once(() => charge(mailer)))).map(({ key }) => key))
const scenario = await two.runScenario(job.with(null), { glitch: one.glitchBeforeCall('charge', one.crash()) }, () => {})
print('glitch', scenario.id)
const order = []
await Promise.all([one, two].map((copy, index) => copy.simulate(job.with(null), () => void order.push(index), { setup, points: ({ kind }) => kind === 'settle' })))
print('one after the other', order)
const nested = await one.simulate(job.with(null), () => {}, { setup: () => two.simulate(job.with(null), () => {}) }).catch((error) => error)
print('nested', [nested.code, one.isFaultlineError(nested), two.isFaultlineError(nested), nested instanceof one.FaultlineError])
const queue = one.memoryQueue()
await queue.enqueue(two.defineJob({ name: 'plain', perform: async () => new Date().getTime() }), {}, { delay: '1h' })
print('performAll', (await two.performAll(queue)).performed.map(({ outcome, result, at }) => [outcome, result === at.getTime()]))
const { on, files } = globalThis[Symbol.for('faultline.runtime')]
print('left', [on, Object.values(files).map(({ path, s }) => [path, s.some((byte) => byte !== 0)])])
`

test('two copies of the package are one runtime', async () => {
  for (const copy of ['one', 'two'])
    cpSync(path.join(REPOSITORY, 'src'), path.join(folder, copy), { recursive: true })
  symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(folder, 'node_modules'))
  cpSync(path.join(REPOSITORY, 'fixtures/projects/two-copies'), path.join(folder, 'app'), { recursive: true })
  writeFileSync(
    path.join(folder, 'package.json'),
    '{ "type": "module", "faultline": { "exclude": ["one", "two", "main.ts"] } }',
  )
  writeFileSync(path.join(folder, 'main.ts'), script)
  const { stdout, stderr } = await nodeTool(['--import', './one/register.ts', './main.ts'], { cwd: folder })
  expect(stderr).toBe('')
  expect(stdout).toMatchInlineSnapshot(`
    "one copy {"points":4,"scenarios":8,"survived":8,"failed":0,"unreached":0,"flaky":0,"beyondPolicy":0,"notApplicable":{},"skipped":0,"notCovered":{},"exhaustive":true,"resilience":1,"durationMs":0,"seed":1,"now":"","failures":[]}
    across {"points":4,"scenarios":8,"survived":8,"failed":0,"unreached":0,"flaky":0,"beyondPolicy":0,"notApplicable":{},"skipped":0,"notCovered":{},"exhaustive":true,"resilience":1,"durationMs":0,"seed":1,"now":"","failures":[]}
    points ["app/charge.ts:10","app/charge.ts:11","app/charge.ts:11","settle"]
    glitch "crash@app/charge.ts:10"
    one after the other [0,0,0,0,1,1,1,1]
    nested ["FAULTLINE_NESTED",true,true,false]
    performAll [["completed",true]]
    left [false,[["app/charge.ts",false]]]
    "
  `)
})
