import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRedis, startRedis } from '../helpers/redis.ts'
import { nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'
import { compareVerdicts, type Verdict } from '../helpers/verdicts.ts'

const project = path.join(REPOSITORY, 'fixtures/projects/workers-files')
const register = path.join(REPOSITORY, 'test/helpers/register-source.ts')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'faultline-real-deaths-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The verdicts of each scenario, simulated and real, and the points that only one of them has. */
async function compare(cwd: string, job: string, env: Record<string, string> = {}) {
  const { stdout, stderr } = await nodeTool(['--import', register, 'compare.ts', job], {
    cwd,
    env: { ...env, STATE_FOLDER: path.join(folder, job) },
    timeoutMs: 120_000,
  })
  expect(stderr).toBe('')
  const { simulated, real } = JSON.parse(stdout) as { simulated: Verdict[]; real: Verdict[] }
  return compareVerdicts(simulated, real)
}

describe('a crash that is simulated and a real SIGKILL come to the same verdict', {
  timeout: 150_000,
}, () => {
  test('a lease helper', async () => {
    const verdicts = await compare(project, 'pay-out')
    expect(verdicts).toMatchInlineSnapshot(`
      {
        "compared": 16,
        "disagree": [],
        "failed": [
          "crash@return:src/jobs/pay-out.ts:16:1",
          "crash@src/jobs/pay-out.ts:10",
        ],
        "onlyReal": [],
        "onlySimulated": [],
        "others": [],
      }
    `)
  })

  test('a writer that keeps its lines in memory', async () => {
    expect(await compare(project, 'close-month')).toMatchInlineSnapshot(`
      {
        "compared": 11,
        "disagree": [],
        "failed": [
          "crash@src/jobs/close-month.ts:10",
          "crash@src/jobs/close-month.ts:11",
          "crash@call:src/jobs/close-month.ts:16:1",
          "crash@return:src/jobs/close-month.ts:16:41",
          "crash@await:src/jobs/close-month.ts:11",
        ],
        "onlyReal": [],
        "onlySimulated": [],
        "others": [],
      }
    `)
  })

  test('a concurrency limiter: where it disagrees, the simulated one said that it is approximate', async () => {
    const verdicts = await compare(project, 'import-feed')
    expect(
      verdicts.disagree.every((line) => line.endsWith('(the crash unwound code of a library: limiter.ts)')),
    ).toBe(true)
    expect(verdicts).toMatchInlineSnapshot(`
      {
        "compared": 15,
        "disagree": [
          "crash@src/jobs/import-feed.ts:8: survived, really failed (the crash unwound code of a library: limiter.ts)",
          "crash@src/jobs/import-feed.ts:15: survived, really failed (the crash unwound code of a library: limiter.ts)",
          "crash@return:src/jobs/import-feed.ts:15:3: survived, really failed (the crash unwound code of a library: limiter.ts)",
          "crash@await:src/jobs/import-feed.ts:8: survived, really failed (the crash unwound code of a library: limiter.ts)",
          "crash@src/jobs/import-feed.ts:9: survived, really failed (the crash unwound code of a library: limiter.ts)",
          "crash@src/jobs/import-feed.ts:9:29: survived, really failed (the crash unwound code of a library: limiter.ts)",
          "crash@src/jobs/import-feed.ts:9:63: survived, really failed (the crash unwound code of a library: limiter.ts)",
          "crash@return:src/jobs/import-feed.ts:10:3: survived, really failed (the crash unwound code of a library: limiter.ts)",
        ],
        "failed": [
          "crash@src/jobs/import-feed.ts:8",
          "crash@src/jobs/import-feed.ts:15",
          "crash@return:src/jobs/import-feed.ts:15:3",
          "crash@await:src/jobs/import-feed.ts:8",
          "crash@src/jobs/import-feed.ts:9",
          "crash@src/jobs/import-feed.ts:9:29",
          "crash@src/jobs/import-feed.ts:9:63",
          "crash@return:src/jobs/import-feed.ts:10:3",
        ],
        "onlyReal": [],
        "onlySimulated": [],
        "others": [],
      }
    `)
  })
})

test.skipIf(!hasRedis)('so they do where BullMQ delivers the jobs', { timeout: 150_000 }, async () => {
  const server = await startRedis()
  try {
    const { host, port } = server.connection
    const env = { REDIS_HOST: host, REDIS_PORT: String(port) }
    const cwd = path.join(REPOSITORY, 'fixtures/projects/workers-bullmq')
    expect(await compare(cwd, 'bullmq', env)).toMatchInlineSnapshot(`
      {
        "compared": 7,
        "disagree": [],
        "failed": [
          "crash@src/orders.ts:10",
        ],
        "onlyReal": [],
        "onlySimulated": [
          "crash@settle",
        ],
        "others": [],
      }
    `)
  } finally {
    await server.stop()
  }
})

describe('nothing is left behind', () => {
  const gone = async (pid: number): Promise<boolean> => {
    for (let left = 200; left > 0; left--) {
      try {
        process.kill(pid, 0)
      } catch {
        return true
      }
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    return false
  }

  /** A program that simulates a worker which never gets done; the ids of that worker and of what it started. */
  async function hanging(how: string) {
    const state = path.join(folder, how)
    const temporary = mkdtempSync(path.join(folder, 'tmp-'))
    const stuck = how.endsWith('stuck') ? { STUCK: '1' } : undefined
    const env = { ...process.env, STATE_FOLDER: state, TMPDIR: temporary, NODE_OPTIONS: '', ...stuck }
    const program = spawn(process.execPath, ['--import', register, 'hang.ts', how], { cwd: project, env })
    let output = ''
    for (const stream of [program.stdout, program.stderr]) stream.on('data', (text) => (output += text))
    const pids: number[] = []
    while (pids.length < 3 && program.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      const file = path.join(state, 'pids')
      if (existsSync(file)) pids.splice(0, 3, ...readFileSync(file, 'utf8').trim().split('\n').map(Number))
    }
    return { program, pids, ended: once(program, 'exit'), output: () => output, temporary }
  }

  test.each([
    ['abort', 0],
    ['exit', 3],
  ])('on %s', async (how, code) => {
    const { pids, ended, output, temporary } = await hanging(how)
    expect(await ended).toEqual([code, null])
    expect(output()).toBe(how === 'abort' ? 'The simulation was cancelled after 0 scenarios.\n' : '')
    expect(readdirSync(temporary)).toEqual([])
    expect(await Promise.all(pids.map(gone))).toEqual([true, true, true])
  })

  test.each([
    ['is killed', 'SIGKILL', 'killed'],
    ['is killed, and the worker is stuck in a loop', 'SIGKILL', 'killed-stuck'],
    ['is stopped by Ctrl-C', 'SIGINT', 'interrupted-stuck'],
  ] as const)('where the program that simulates %s', async (_, signal, how) => {
    const { program, pids, ended, temporary } = await hanging(how)
    expect(pids.map((pid) => process.kill(pid, 0))).toEqual([true, true, true])
    program.kill(signal)
    expect(await ended).toEqual([null, signal])
    expect(await Promise.all(pids.map(gone))).toEqual([true, true, true])
    await expect.poll(() => readdirSync(temporary), { timeout: 10_000 }).toEqual([])
  })
})
