import { stripVTControlCharacters } from 'node:util'
import { defineJob, exploreRaces, type JobContext, type RaceResult, runRace, type Work } from 'faultline'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import * as jobs from '../../fixtures/engine/races-postgres.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'

let server: PostgresServer
let pool: pg.Pool

beforeAll(async () => {
  server = await startPostgres()
  pool = new pg.Pool({ ...config(), max: 8 })
  await pool.query('create table accounts (id int primary key, balance int not null)')
})
afterEach(() => vi.unstubAllEnvs())
afterAll(async () => {
  await pool?.end()
  await server?.stop()
})

function config(): pg.ClientConfig {
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
  return { host, user, database }
}

const job = (perform: (client: pg.Client, payload: never) => Promise<unknown>) =>
  defineJob<unknown>({
    name: perform.name,
    perform: (payload, { connection }: JobContext) => perform(connection as pg.Client, payload as never),
  })
const adds = job(jobs.addToAll)
const looks = job(jobs.looks)
const setup = async () => {
  await pool.query('truncate accounts')
  await pool.query('insert into accounts values (1, 0), (2, 0), (3, 0)')
}

const given = (timeout: string) => ({
  setup: setup as never,
  connect: async () => {
    const client = new pg.Client({ ...config(), options: `-c deadlock_timeout=${timeout}` })
    await client.connect()
    return client
  },
  now: new Date('2026-03-01T12:00:00Z'),
})

const inTransaction = '(the end of its transaction)'
const place = /fixtures\/engine\/races-postgres\.ts:\d+/g

test.for([
  {
    name: 'three in a ring',
    works: [adds.with([1, 2]), adds.with([2, 3]), adds.with([3, 1])],
    schedule: 'CCBBBAAACAAA',
    decided: 'CCBBBAAAC',
    preemptions: 1,
    blocked: ['B C', 'A B', 'C A'],
    lines: [
      `A waits for B ${inTransaction}`,
      `B waits for C ${inTransaction}`,
      `C waits for A ${inTransaction}`,
    ],
  },
  {
    name: 'two, and one that does not take part',
    works: [adds.with([1, 2]), adds.with([2, 1]), looks.with(8)],
    schedule: 'CAABBABCCCCCCCCC',
    decided: 'CAABBAB',
    preemptions: 3,
    blocked: ['A B', 'B A'],
    lines: [`A waits for B ${inTransaction}`, `B waits for A ${inTransaction}`],
  },
  {
    name: 'one that waits stands in the way of another',
    works: [adds.with([1, 2]), adds.with([2, 1]), adds.with([1])],
    schedule: 'AABBCCAB',
    decided: 'AABBCCAB',
    preemptions: 2,
    blocked: ['C A', 'A B', 'B C'],
    lines: [
      `A waits for B ${inTransaction}`,
      'B waits for C (a row of accounts)',
      `C waits for A ${inTransaction}`,
    ],
  },
])(
  '$name: the schedule ends where the deadlock is, whoever is the victim',
  { timeout: 120_000 },
  async (one) => {
    for (const timeout of ['1s', '700ms', '1s']) {
      const result = await runRace(
        one.works as Work[],
        { ...given(timeout), schedule: one.schedule },
        () => true,
      )
      const { schedule, reason, preemptions, blocked, error } = result
      expect({ schedule, reason, preemptions }).toEqual({
        schedule: one.decided,
        reason: 'deadlock',
        preemptions: one.preemptions,
      })
      expect(blocked.map(({ letter, by }) => [letter, ...by].join(' '))).toEqual(one.blocked)
      expect(error!.message.replaceAll(place, '…').split('\n').slice(1, -1)).toEqual(
        one.lines.map((line) => `  ${line} at …`),
      )
      const ended = result.timeline.filter(({ kind }) => kind === 'completed')
      expect(ended.length).toBe(3)
    }
  },
)

test('twice the same exploration of three that deadlock: the same report', { timeout: 90_000 }, async () => {
  const works = [adds.with([1, 2]), adds.with([2, 3]), adds.with([3, 1])]
  const explore = async (timeout: string) => {
    const report = await exploreRaces(works, () => true, { ...given(timeout), budget: 150 })
    const races = report.races.map(({ schedule, outcome, reason, replay, blocked, lines }) => {
      return { schedule, outcome, reason, replay, blocked, lines } as RaceResult
    })
    const text = stripVTControlCharacters(String(report)).replace(/ took [\d.]+ m?s$/m, '')
    return { races, summary: { ...report.summary, durationMs: 0 }, text }
  }
  const first = await explore('200ms')
  expect(first.summary).toMatchObject({ failed: 3, deadlocks: 3 })
  expect(first.summary.guarantee).toMatch(/^complete to 1 preemption /)
  expect(await explore('1s')).toEqual(first)
  const failed = first.races.filter(({ outcome }) => outcome === 'failed')
  for (const { replay, schedule } of failed) {
    vi.stubEnv('FAULTLINE_REPLAY', replay)
    const { races } = await explore('200ms')
    expect(races).toMatchObject([{ schedule, replay, outcome: 'failed', reason: 'deadlock' }])
  }
})
