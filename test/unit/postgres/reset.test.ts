import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { postgresReset, postgresSnapshot } from '../../../src/postgres/index.ts'
import { isLocalHost } from '../../../src/queue/adapters/local-host.ts'
import { type Database, databases, stopServer } from './databases.ts'

afterAll(stopServer)

describe.each(Object.entries(databases))('%s', (_name, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())
  afterEach(() =>
    database.exec('drop schema public cascade; create schema public; drop schema if exists pgboss cascade'),
  )

  test('all tables are empty and count from 1, but those that are left alone', async () => {
    await database.exec(`
      create schema pgboss; create table pgboss.job (id int); create table pgboss.queue (id int);
      create table pgboss.schedule (id int); insert into pgboss.job values (1);
      create table pgmigrations (id int); insert into pgmigrations values (1);
      create table countries (code text); insert into countries values ('at');
      create table customers (id serial primary key);
      create table orders (id serial primary key, customer int references customers);
      insert into customers default values; insert into orders (customer) values (1)`)
    await postgresReset(database.client, { ignore: ['countries'] })
    await database.exec('insert into customers default values')
    expect(await postgresSnapshot(database.client)).toEqual({
      countries: [{ code: 'at' }],
      customers: [{ id: 1 }],
      orders: [],
    })
    const { rows } = await database.client.query(
      'select (select count(*)::int from pgboss.job) + (select count(*)::int from pgmigrations) as kept',
    )
    expect(rows).toEqual([{ kept: 2 }])
  })

  test('a table that is left alone does not lose its rows to a cascade', async () => {
    await database.exec(`
      create table customers (id int primary key);
      create table notes (customer int references customers);
      insert into customers values (1); insert into notes values (1)`)
    await expect(postgresReset(database.client, { ignore: ['notes'] })).rejects.toMatchObject({
      code: 'FAULTLINE_BAD_OPTION',
      message: expect.stringContaining('notes'),
    })
    expect(await postgresSnapshot(database.client)).toEqual({
      customers: [{ id: 1 }],
      notes: [{ customer: 1 }],
    })
    await postgresReset(database.client)
    expect(await postgresSnapshot(database.client)).toEqual({ customers: [], notes: [] })
  })
})

describe('another machine', () => {
  const remote = (host: string) => ({
    host,
    queries: [] as string[],
    async query(text: string) {
      this.queries.push(text)
      return { rows: [] }
    },
  })

  test('is refused, and nothing is sent to it', async () => {
    const client = remote('db.example.com')
    await expect(postgresReset(client)).rejects.toMatchObject({
      code: 'FAULTLINE_REMOTE',
      message: expect.stringContaining('db.example.com'),
      hint: expect.stringContaining('allowRemote'),
    })
    expect(client.queries).toEqual([])
    await postgresReset(client, { allowRemote: true })
    expect(client.queries).toHaveLength(1)
  })

  test.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['::1', true],
    ['/var/run/postgresql', true],
    ['', true],
    ['10.0.0.1', false],
    ['localhost.example.com', false],
    ['127.0.0.1.example.com', false],
    ['postgres', false],
  ])('%s is this machine: %s', (host, local) => expect(isLocalHost(host)).toBe(local))
})
