import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { defineWorkers } from 'faultline'
import { runWorkers, simulateWorkers } from 'faultline/workers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const project = path.join(REPOSITORY, 'fixtures/projects/workers-files')
const folder = mkdtempSync(path.join(tmpdir(), 'faultline-kill-'))
let fixture: typeof import('../../fixtures/projects/workers-files/simulations.ts')

beforeAll(async () => {
  process.env.STATE_FOLDER = path.join(folder, 'state')
  fixture = await import('../../fixtures/projects/workers-files/simulations.ts')
})
afterAll(() => {
  delete process.env.STATE_FOLDER
  rmSync(folder, { recursive: true, force: true })
})

type Options = Parameters<typeof fixture.workerOptions>[1]

function payOut(program: string, more: Options = {}): Parameters<typeof runWorkers<void>>[0] {
  const one = fixture.cases.find(({ name }) => name === 'pay-out')!
  const options = fixture.workerOptions(one, { points: 'src/jobs/*.ts', maxScenarios: 2, ...more })
  const worker = { ...(options.worker as object), file: `src/workers/${program}.ts` }
  return { ...options, worker } as Parameters<typeof runWorkers<void>>[0]
}

/** After the payment, before the note of it. */
const atNote = ({ key }: { key: string }): boolean => key === 'src/jobs/pay-out.ts:10'

const paidOnce = (): boolean => fixture.cases.find(({ name }) => name === 'pay-out')!.holds()

describe('SIGTERM', () => {
  test('a worker that finishes its job survives it everywhere', async () => {
    const seen: string[] = []
    const options = payOut('graceful', { signals: ['SIGTERM'], maxScenarios: 4 })
    const report = await runWorkers<void>(options, (run) => {
      seen.push(`${run.id.split('@')[0]} ${run.deliveries.length}`)
      return paidOnce()
    })
    expect(seen).toEqual(['baseline 1', 'baseline 1', ...Array(4).fill('interrupt 1')])
    const { scenarios, survived, notCovered } = report.summary
    expect([scenarios, survived]).toEqual([4, 4])
    expect(notCovered.sampled).toMatch(/^sampled 4 of \d+ scenarios$/)
    expect(report.scenarios[0]!.timeline.map(({ kind }) => kind)).toEqual([
      'started',
      'glitched',
      'interrupted',
      'checked',
    ])
  })

  test('one that does not listen dies of it', async () => {
    const report = await simulateWorkers<void>(
      payOut('pay-out', { signals: ['SIGTERM'], maxScenarios: 100, points: atNote }),
      paidOnce,
    )
    expect(report.scenarios.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['interrupt@src/jobs/pay-out.ts:10', 'failed'],
    ])
    await expect(
      runWorkers<void>(payOut('pay-out', { signals: ['SIGTERM'], points: atNote }), paidOnce),
    ).rejects.toMatchObject({ code: 'FAULTLINE_NOT_RESILIENT' })
  })
})

test('one that does not stop within its grace is killed', async () => {
  const options = payOut('stubborn', { signals: ['SIGTERM'], points: atNote, grace: 200 })
  const report = await runWorkers<void>(options, paidOnce)
  const [{ timeline }] = report.scenarios as [(typeof report.scenarios)[0]]
  expect(timeline.map(({ kind, detail }) => [kind, detail])).toEqual([
    ['started', undefined],
    ['glitched', 'interrupt'],
    ['interrupted', undefined],
    ['crashed', 'it had not stopped in time'],
    ['checked', undefined],
  ])
  const [stopped, killed] = timeline.slice(2)
  expect(killed!.at - stopped!.at).toBeGreaterThanOrEqual(200)
})

test('shards run each scenario once', async () => {
  const ids: string[] = []
  try {
    for (const shard of ['1/2', '2/2']) {
      process.env.FAULTLINE_SHARD = shard
      const { scenarios, summary } = await simulateWorkers<void>(
        payOut('pay-out', { maxScenarios: 3 }),
        paidOnce,
      )
      ids.push(...scenarios.map(({ id }) => id))
      expect(summary.notCovered[`shard ${shard.replace('/', ' of ')}`]).toMatch(/^[12] of 3 scenarios$/)
    }
  } finally {
    delete process.env.FAULTLINE_SHARD
  }
  expect(new Set(ids).size).toBe(3)
  expect(ids).toHaveLength(3)
})

describe('code that was compiled', () => {
  const worker = `import { existsSync, rmSync } from 'node:fs'
async function charge() {
  rmSync('job')
}
setInterval(() => existsSync('job') && charge({ id: 1 }), 5)
`
  function compiled(name: string, manifest: object): Parameters<typeof simulateWorkers<void>>[0] {
    const cwd = path.join(folder, name)
    mkdirSync(path.join(cwd, 'dist'), { recursive: true })
    writeFileSync(path.join(cwd, 'package.json'), JSON.stringify({ type: 'module', ...manifest }))
    writeFileSync(path.join(cwd, 'dist/worker.js'), worker)
    const job = path.join(cwd, 'job')
    return {
      worker: { file: 'dist/worker.js', cwd },
      deliveries: 'dist/worker.js#charge',
      enqueue: () => writeFileSync(job, ''),
      idle: () => !existsSync(job),
    }
  }

  test('is not first-party by itself', async () => {
    await expect(simulateWorkers(compiled('plain', {}), () => true)).rejects.toMatchObject({
      code: 'FAULTLINE_NO_POINTS',
      hint: expect.stringContaining('"faultline": { "include": ["dist/**"] }'),
    })
  })

  test('is where package.json includes it', async () => {
    const options = compiled('included', { faultline: { include: ['dist/**'] } })
    const report = await runWorkers(options, () => true)
    expect(report.scenarios.map(({ id }) => id)).toContain('crash@dist/worker.js:3')
  })
})

describe('what goes wrong is said', () => {
  test('a function that is never called', async () => {
    await expect(
      simulateWorkers(payOut('pay-out', { deliveries: 'payOff' }), paidOnce),
    ).rejects.toMatchObject({
      code: 'FAULTLINE_NO_POINTS',
      message: expect.stringContaining("never called 'payOff'"),
      hint: expect.stringContaining("'src/jobs/pay-out.ts#payOut'"),
    })
  })

  test('a worker that takes longer to start than it may', async () => {
    await expect(
      simulateWorkers(payOut('pay-out', { idle: () => false, timeoutMs: 1 }), paidOnce),
    ).rejects.toMatchObject({
      code: 'FAULTLINE_NO_POINTS',
      message: expect.stringContaining('within 1 ms (`timeoutMs`) the worker never called'),
    })
  })

  test('a program that does not start', async () => {
    await expect(simulateWorkers(payOut('broken'), paidOnce)).rejects.toMatchObject({
      code: 'FAULTLINE_WORKER',
      message: expect.stringMatching(
        /src\/workers\/broken\.ts ended by itself \(with code 1\).*no database/s,
      ),
    })
  })

  test('a queue that is never idle', async () => {
    const report = await simulateWorkers(payOut('pay-out', { idle: () => false, timeoutMs: 6_000 }), paidOnce)
    expect(report.failures.map(({ id, reason }) => [id, reason])).toEqual([['baseline', 'hung']])
    expect(report.failures[0]!.error!.message).toContain('the last to begin was delivery 1 of pay-out-1')
  })

  test('a worker that is wrong without any death', async () => {
    const report = await simulateWorkers(payOut('pay-out'), () => false)
    expect(report.scenarios.map(({ id, outcome, reason }) => [id, outcome, reason])).toEqual([
      ['baseline', 'failed', 'assertion'],
    ])
    expect(report.summary.notCovered.scenarios).toContain('wrong already')
  })

  test.each([
    [{ signals: ['SIGINT'] }, /no signal 'SIGINT'; allowed are SIGKILL, SIGTERM/],
    [{ deliveries: {} }, /deliveries: received an object; allowed is the function/],
    [{ worker: 7 }, /worker: received 7; allowed is the file/],
    [{ idle: true }, /idle: received true; allowed is a function/],
    [{ worker2: 'x' }, /no option 'worker2'/],
    [{ worker: { file: 'src/workers/pay-out.ts', arg: [] } }, /no option of worker 'arg'; .*\n.*mean 'args'/],
    [{ worker: { file: 'src/workers/pay-out.ts', args: '--fast' } }, /worker\.args: received '--fast'/],
    [{ worker: { file: 'src/workers/pay-out.ts', env: 7 } }, /worker\.env: received 7/],
    [{ worker: 'src/workers/nowhere.ts' }, /there is no file 'src\/workers\/nowhere\.ts'/],
    [
      { worker: 'npm run worker' },
      /there is no file 'npm run worker'.*For a script of package.json: the file/s,
    ],
    [{ worker: 'src' }, /there is no file 'src' in .*; allowed is a file that Node can run/],
    [{ worker: { file: 'x.ts', cwd: '/nowhere' } }, /worker\.cwd: received '\/nowhere'/],
    [{ timeoutMs: '3s' }, /timeoutMs: received '3s'; allowed is a number > 0/],
    [{ setup: 7 }, /setup: received 7; allowed is a function/],
    [{ mask: 'charges' }, /mask: received 'charges'/],
    [{ hits: 'some' }, /hits: received 'some'/],
    [{ signal: 7 }, /signal: received 7; allowed is an AbortSignal/],
  ])('%j', (wrong, message) => {
    const options = { ...payOut('pay-out'), ...wrong } as never
    expect(() => simulateWorkers(options, paidOnce)).toThrow(message)
  })

  test('a name, options, and assertions', () => {
    expect(() => defineWorkers(undefined as never, payOut('pay-out'), paidOnce)).toThrow('takes a name first')
    expect(() => simulateWorkers(undefined as never)).toThrow('received none')
    expect(() => simulateWorkers(payOut('pay-out'), payOut('pay-out') as never)).toThrow(
      'received an object and an object',
    )
  })
})

describe('faultline kill', { timeout: 180_000 }, () => {
  function faultline(...args: string[]) {
    const register = path.join(REPOSITORY, 'test/helpers/register-source.ts')
    const program = path.join(REPOSITORY, 'src/cli.ts')
    const env = { STATE_FOLDER: path.join(folder, 'cli'), TMPDIR: path.join(folder, 'tmp') }
    mkdirSync(env.TMPDIR, { recursive: true })
    return nodeTool(['--import', register, program, ...args], { cwd: project, env })
  }

  test('tells what did not survive, ends with 1, and runs one of them again', async () => {
    const out = path.join(folder, 'out')
    const { code, stdout } = await faultline('kill', 'kill.ts', '--out', out)
    expect([code, stdout]).toEqual([1, expect.stringContaining('2 of 9 scenarios fail')])
    const { simulations } = JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8'))
    expect(simulations[0].summary).toMatchObject({ scenarios: 9, failed: 2 })
    expect(stdout).toContain('npx faultline kill kill.ts')
    const [, token] = /FAULTLINE_REPLAY='([^']+)'/.exec(stdout)!
    const again = await faultline('kill', 'kill.ts', '--replay', token!)
    expect([again.code, again.stdout]).toEqual([1, expect.stringContaining('1 of 1 scenario fails')])
    expect(readdirSync(path.join(folder, 'tmp'))).toEqual([])
  })

  test('a file that is none of it ends with 2', async () => {
    const { code, stderr } = await faultline('kill', '../simulations/simulations/charge.ts')
    expect([code, stderr]).toEqual([2, expect.stringContaining('names no worker program')])
  })
})
