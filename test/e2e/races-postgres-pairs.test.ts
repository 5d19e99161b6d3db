import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { exploreRaces, type RaceOptions, type RaceReport, type RaceResult } from 'faultline'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type RaceFixture, usePool } from '../../fixtures/races/fixture.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const folder = 'fixtures/races'
const names = readdirSync(path.join(REPOSITORY, folder))
  .filter((file) => file.endsWith('.broken.ts'))
  .map((file) => file.slice(0, -'.broken.ts'.length))

let server: PostgresServer
let pool: pg.Pool

beforeAll(async () => {
  server = await startPostgres()
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
  pool = new pg.Pool({ host, user, database, max: 8, options: '-c deadlock_timeout=200ms' })
  usePool(pool)
})
afterEach(async () => {
  expect(await openTransactions()).toEqual([])
  expect([pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0])
})
afterAll(async () => {
  await pool?.end()
  await server?.stop()
})

/** What sessions other than the one that asks are in the middle of, and the connections of observers. */
async function openTransactions() {
  const { rows } = await pool.query(
    `select state, query from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
  )
  return rows
}

async function load(name: string, kind: 'broken' | 'fixed') {
  const file = `${folder}/${name}.${kind}.ts`
  const { spec } = (await import(path.join(REPOSITORY, file))) as { spec: RaceFixture }
  return { spec, file, lines: readFileSync(path.join(REPOSITORY, file), 'utf8').split('\n') }
}

async function race(spec: RaceFixture, options: RaceOptions = {}): Promise<RaceReport> {
  await pool.query(`drop schema public cascade; create schema public; ${spec.tables}`)
  return exploreRaces(spec.works, () => spec.check(pool), {
    setup: async () => void (await pool.query(spec.given)),
    connect: () => pool.connect(),
    now: new Date('2026-03-01T12:00:00Z'),
    ...options,
  })
}

/** The marked lines in the order in which they ran: `A read, B read`. */
function markedLines(failure: RaceResult, file: string, lines: string[]): string[] {
  return failure.lines!.flatMap((one) => {
    expect(one.file).toBe(file)
    // The formatter puts the comment of a line that opens a block on a line of its own.
    const text = `${lines[one.line - 1]}${/^ *\/\/ ←/.test(lines[one.line] ?? '') ? lines[one.line] : ''}`
    const [, mark] = / \/\/ ← (\w+)$/.exec(text) ?? []
    return mark === undefined ? [] : [`${one.letter} ${mark}`]
  })
}

/** Whether all of `wanted` come in `items`, in this order, or with the letters the other way round. */
function isWithin(wanted: string[], items: string[]): boolean {
  const turned = wanted.map((one) => one.replace(/^[AB]/, (letter) => (letter === 'A' ? 'B' : 'A')))
  return [wanted, turned].some((order) => {
    let at = 0
    for (const item of items) if (item === order[at] || item.slice(2) === order[at]) at++
    return at === order.length
  })
}

test.each(names)('%s: found in the broken one, with the fewest preemptions', async (name) => {
  const { spec, file, lines } = await load(name, 'broken')
  const { reason, preemptions, interleaving } = spec.found!
  const report = await race(spec)
  expect(report.wrongInSeries).toBe(false)
  const [failure] = report.failures
  expect(failure).toMatchObject({ outcome: 'failed', reason, preemptions })
  expect(report.summary.guarantee).toMatch(
    /^complete to \d+ preemptions? \(\d+ of \d+\); stopped where schedules failed/,
  )
  for (const result of report.failures) {
    expect(result.outcome, String(result.error)).toBe('failed')
    expect(result.preemptions).toBeGreaterThanOrEqual(preemptions)
  }
  const marked = markedLines(failure!, file, lines)
  expect(isWithin(interleaving.split(', '), marked), marked.join(', ')).toBe(true)
  const text = stripVTControlCharacters(String(report))
  expect(text).not.toMatch(/potential/i)
  expect(text).toContain(`schedule ${failure!.schedule}`)
  expect(text).toMatch(/^ {3}A .*│B /m)
  for (const { letter, line } of failure!.lines!) expect(text).toMatch(cellOf(letter, line))
})

/** A cell of the picture's column: the number of a line, and its code. */
function cellOf(letter: string, line: number): RegExp {
  return new RegExp(letter === 'A' ? `^ {3}\\S*${line}  \\S.*│` : `│\\S*${line}  \\S`, 'm')
}

test.each(names)('%s: the repaired one survives the whole bound', async (name) => {
  const { spec } = await load(name, 'fixed')
  const { bound } = spec
  const report = await race(spec, bound === undefined ? {} : { strategy: { preemptions: bound } })
  const { run, guarantee } = report.summary
  expect(report.summary, String(report)).toMatchObject({
    failed: 0,
    flaky: 0,
    deadlocks: 0,
    exhaustive: bound === undefined,
  })
  const what = bound === undefined ? `all ${run} schedules` : `complete to ${bound} preemptions \\(${run} `
  expect(guarantee).toMatch(new RegExp(`^${what}.*, at first-party awaits; library calls atomic$`))
  for (const { blocked } of report.races) {
    for (const wait of blocked)
      expect(wait).toMatchObject({ certain: true, by: [wait.letter === 'A' ? 'B' : 'A'] })
  }
})

test('the victim of a deadlock gets its error, and is tried again', async () => {
  const { spec } = await load('deadlock', 'broken')
  const [failure] = (await race(spec)).failures
  const failed = failure!.timeline.filter(({ kind }) => kind === 'failed')
  expect(failed.length).toBe(1)
  expect(JSON.stringify(failed)).toContain('deadlock detected')
  expect(failure!.timeline.filter(({ kind }) => kind === 'completed').length).toBe(2)
  expect(failure!.error!.message).toContain(
    'A waits for B (the end of its transaction) at fixtures/races/deadlock',
  )
  expect(failure!.error!.message).toContain('B waits for A (the end of its transaction)')
})

test('a deadlock that Postgres ends at once is known by its error', async () => {
  const { spec } = await load('deadlock', 'broken')
  await pool.query("alter database postgres set deadlock_timeout = '1ms'")
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
  const connect = async () => {
    const client = new pg.Client({ host, user, database })
    await client.connect()
    return client
  }
  const report = await race(spec, { connect })
  expect(report.summary).toMatchObject({ deadlocks: 2, failed: 2 })
  expect(report.failures[0]!.error!.message).toMatch(/^Deadlock: .*A waits for B \(.*\).*B waits for A \(/s)
  await pool.query('alter database postgres reset deadlock_timeout')
})

test('twice the same exploration: the same schedules, verdicts and report', async () => {
  for (const [name, kind] of [
    ['deadlock', 'fixed'],
    ['double-claim', 'broken'],
    ['lease-released-by-non-owner', 'broken'],
    ['lost-update', 'fixed'],
  ] as const) {
    const { spec } = await load(name, kind)
    const [first, second] = [await race(spec), await race(spec)]
    expect(told(second)).toEqual(told(first))
  }
})

test('twice the same deadlock: the same report, whomever Postgres takes for its victim', async () => {
  const { spec } = await load('deadlock', 'broken')
  expect(told(await race(spec))).toEqual(told(await race(spec)))
})

/** What is the same each time; for how long somebody was waited for (`blocked`) is also up to how busy the machine is. */
function told(report: RaceReport) {
  const races = report.races.map(({ schedule, outcome, reason, replay }) => ({
    schedule,
    outcome,
    reason,
    replay,
  }))
  const text = stripVTControlCharacters(String(report)).replace(/ took [\d.]+ m?s$/m, '')
  return { races, summary: { ...report.summary, durationMs: 0 }, text }
}
