import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  archivePayloads,
  defineJob,
  type JobDefinition,
  type JobRequest,
  memoryQueue,
  type QueueAdapter,
  simulate,
} from 'faultline'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as code from '../../../fixtures/engine/delivery-faults.ts'
import { shapeOf } from '../../../src/queue/payload-shape.ts'
import type { Claim, RunExtras } from '../../../src/queue/port.ts'
import { World } from '../../helpers/engine-world.ts'

let folder: string
let file: string
let world = new World()
const setup = () => (world = new World())
const greetJob = () =>
  defineJob<unknown>({
    name: 'greet',
    attempts: 1,
    perform: (payload) => code.greet(world, payload as never),
  })

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'faultline-archive-'))
  file = path.join(folder, 'archive', 'payloads.json')
  vi.stubEnv('CI', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const written = (shapes: object) =>
  `${JSON.stringify({ format: 'faultline payload archive', version: 1, jobs: shapes }, undefined, 2)}\n`

/** Enqueues a payload of a job with an archive, as a test does. */
async function enqueue(payload: unknown, job = greetJob()) {
  archivePayloads(job, file)
  await memoryQueue().enqueue(job, payload)
}

test.each([
  [null, 'null'],
  [undefined, 'undefined'],
  ['a', 'string'],
  [[], '[]'],
  [[1, 'a', 2], '[number | string]'],
  [{ b: [{ c: true }], a: null, 'd-e': {} }, '{a: null, b: [{c: boolean}], "d-e": {}}'],
])('the shape of %j', (value, shape) => {
  expect(shapeOf(value)).toBe(shape)
})

describe('archivePayloads', () => {
  test('records each shape once, sorted, with its first example, beside those of other jobs', async () => {
    await enqueue({ name: 'ann' })
    await enqueue({ name: 'bob' })
    await enqueue({ id: 1 }, defineJob<unknown>({ name: 'bill', perform: () => {} }))
    await enqueue({ at: [1] })
    expect(readFileSync(file, 'utf8')).toBe(
      written({
        bill: { '{id: number}': { id: 1 } },
        greet: { '{at: [number]}': { at: [1] }, '{name: string}': { name: 'ann' } },
      }),
    )
    expect(readdirSync(path.dirname(file))).toEqual(['payloads.json'])
  })

  test('what was archived is performed by every simulation of the job', async () => {
    await enqueue({ userName: 'ann' })
    await enqueue({ name: 'ann' })
    const job = greetJob()
    archivePayloads(job, file)
    const report = await simulate<World>(job.with({ name: 'bob' }), (_, w) => w.log.length > 0, {
      setup,
      faults: ['crash'],
    })
    expect(
      report.scenarios.filter(({ faults }) => faults.length === 0).map(({ id, outcome }) => [id, outcome]),
    ).toEqual([['archived[0]', 'survived']])
    await enqueue({ user: 'ann' })
    const again = greetJob()
    archivePayloads(again, file)
    const broken = await simulate<World>(again.with({ name: 'bob' }), () => {}, {
      setup,
      faults: ['crash'],
      points: 'none',
    })
    expect(broken.failures.map(({ id, reason, timeline }) => [id, reason, timeline[0]!.detail])).toEqual([
      ['archived[0]', 'dead', 'archived[0] {"user":"ann"}'],
    ])
  })

  test('under CI a new shape is an error, until it is recorded with the update flag', async () => {
    vi.stubEnv('CI', 'true')
    const refused = {
      code: 'FAULTLINE_ARCHIVE',
      message:
        `The job 'greet' was enqueued with a payload of the shape {name: string}, which the archive ${file} does not hold.\n` +
        '  hint: Run the tests where CI is not set, or with the update flag (`npx vitest run -u`, `node --test --test-update-snapshots`, or FAULTLINE_UPDATE=1), and commit the file.',
    }
    await expect(enqueue({ name: 'ann' })).rejects.toMatchObject(refused)
    const job = greetJob()
    archivePayloads(job, file)
    await expect(simulate(job.with({ name: 'ann' }), () => {}, { setup })).rejects.toMatchObject(refused)
    const parent = defineJob<null>({
      name: 'parent',
      perform: (_, { enqueue }) => enqueue(job, { name: 'ann' }),
    })
    await expect(simulate(parent.with(null), () => {}, { setup })).rejects.toMatchObject(refused)
    expect(readdirSync(folder)).toEqual([])
    vi.stubEnv('FAULTLINE_UPDATE', '1')
    await enqueue({ name: 'ann' })
    vi.stubEnv('FAULTLINE_UPDATE', '')
    await enqueue({ name: 'bob' })
    expect(readFileSync(file, 'utf8')).toBe(written({ greet: { '{name: string}': { name: 'ann' } } }))
  })

  test.each([
    ['{', /^The payload archive .* is corrupt: it is no JSON: .*It was left as it is\./],
    ['[]', /is corrupt: its `format` is not 'faultline payload archive'\./],
    [JSON.stringify({ format: 'faultline payload archive' }), /is corrupt: its `version` is not 1\./],
    [
      JSON.stringify({ format: 'faultline payload archive', version: 1 }),
      /is corrupt: its `jobs` are no object\./,
    ],
    [written({ greet: [] }), /is corrupt: its job 'greet' is no object\./],
    [
      written({ greet: { '{a: number}': {} } }),
      /is corrupt: of job 'greet', the example of \{a: number\} has the shape \{\}\./,
    ],
    [
      JSON.stringify({ format: 'faultline payload archive', version: 2, shapes: {} }),
      /has version 2; this Faultline reads version 1\. It was left as it is\.\n {2}hint: A newer Faultline wrote it\. Update Faultline here\.$/,
    ],
  ])('a file that cannot be read is an error and stays as it is: %s', async (text, message) => {
    await enqueue({ name: 'ann' })
    writeFileSync(file, text)
    vi.stubEnv('FAULTLINE_UPDATE', '1')
    const expected = expect.objectContaining({
      code: 'FAULTLINE_ARCHIVE',
      message: expect.stringMatching(message),
    })
    expect(() => archivePayloads(greetJob(), file)).toThrow(expected)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('takes a job and a path', () => {
    expect(() => archivePayloads({} as never, file)).toThrow(
      expect.objectContaining({
        code: 'FAULTLINE_BAD_OPTION',
        message: `archivePayloads(job, file) takes a job, or the name of one, and the path of a file: received an object and '${file}'.`,
      }),
    )
  })
})

describe('a job that another queue performs', () => {
  /** A queue with jobs of its own: it takes what it was given by name, and knows nothing of archives. */
  function otherQueue(jobs: JobDefinition[]): QueueAdapter {
    const inner = memoryQueue({
      jobs: jobs.map((job) => ({ ...job, name: `inner ${job.name}` })),
      now: new Date(0),
    })
    const claims = new WeakMap<Claim, Claim>()
    const innerOf = (claim: Claim) => claims.get(claim)!
    const outer = (claim: Claim | undefined) => {
      if (claim === undefined) return undefined
      const renamed = {
        ...claim,
        name: claim.name.slice('inner '.length),
        part: claim.part,
        payload: claim.payload,
      }
      claims.set(renamed, claim)
      return renamed
    }
    const named = Object.create(inner, {
      kind: { value: 'other' },
      enqueue: { value: (request: JobRequest) => inner.enqueue(`inner ${request.name}`, request.payload) },
      claim: { value: async (worker: string) => outer(await inner.claim(worker)) },
      run: { value: (claim: Claim, extras: RunExtras) => inner.run(innerOf(claim), extras) },
      settle: { value: (claim: Claim, ...ending: [never]) => inner.settle(innerOf(claim), ...ending) },
      expire: { value: (claim: Claim, why: 'crashed') => inner.expire(innerOf(claim), why) },
      pending: {
        value: async () =>
          (await inner.pending()).map((job) => ({ ...job, name: job.name.slice('inner '.length) })),
      },
      ...Object.fromEntries(
        (['performed', 'dead', 'time', 'now', 'capabilities'] as const).map((key) => [
          key,
          { get: () => inner[key] },
        ]),
      ),
      ...Object.fromEntries(
        (['claimJob', 'parallel', 'postpone', 'duplicate'] as const).map((key) => [
          key,
          { value: undefined },
        ]),
      ),
    })
    return named as QueueAdapter
  }

  const simulateGreeting = (payload: object) => {
    const job = greetJob()
    return simulate<World>(job.with(payload), () => {}, {
      points: 'none',
      queue: () => otherQueue([job]),
      setup,
      now: new Date(0),
    })
  }

  test('is archived by its name, and its archived shapes are delivered', async () => {
    archivePayloads('greet', file)
    const first = await simulateGreeting({ name: 'ann' })
    expect(first.failures.map(({ id, error }) => `${id} ${error?.message}`)).toEqual([])
    expect(readFileSync(file, 'utf8')).toBe(written({ greet: { '{name: string}': { name: 'ann' } } }))
    archivePayloads('greet', file)
    const { scenarios } = await simulateGreeting({ userName: 'ann' })
    expect(
      scenarios.filter(({ faults }) => faults.length === 0).map(({ id, outcome }) => [id, outcome]),
    ).toEqual([['archived[0]', 'survived']])
    vi.stubEnv('CI', 'true')
    await expect(simulateGreeting({ name: 'ann', more: 1 })).rejects.toMatchObject({
      code: 'FAULTLINE_ARCHIVE',
    })
  })
})
