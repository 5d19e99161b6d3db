import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { compareSnapshots } from '../../../src/oracle/snapshot.ts'
import { postgresSnapshot } from '../../../src/postgres/index.ts'
import { type Database, databases, stopServer } from './databases.ts'

afterAll(stopServer)

describe.each(Object.entries(databases))('%s', (_name, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())
  afterEach(() =>
    database.exec(
      'drop schema public cascade; create schema public; drop schema if exists billing cascade; drop schema if exists graphile_worker cascade',
    ),
  )
  const take = (options?: Parameters<typeof postgresSnapshot>[1]) =>
    postgresSnapshot(database.client, options)

  test('values are readable, whatever the session is set to', async () => {
    await database.exec(`
      create domain money_amount as numeric(10, 2);
      create table all_types (
        small smallint, big bigint, huge bigint, exact numeric(30, 10), price money_amount, ratio double precision,
        yes boolean, nothing text, words text, "a ""name""" text, json_value json, jsonb_value jsonb, bytes bytea,
        day date, at timestamp, zoned timestamptz, forever timestamptz, span interval, id uuid,
        list int[], texts text[], exacts numeric[], moments timestamptz[],
        doubled int generated always as (small * 2) stored
      );
      set timezone to 'Asia/Tokyo'; set datestyle to 'German'; set bytea_output to 'escape';
      insert into all_types values (
        1, 2, 9007199254740993, 12345678901234567890.0123456789, 12.5, 0.1,
        true, null, 'it''s', 'quoted', '{"b": 1, "a": [2]}', '{"z": 1, "y": null}', '\\x00ff',
        '2026-01-02', '2026-01-02 03:04:05.678', '2026-01-02 03:04:05.678+09', 'infinity', '1 day 2 hours',
        '00000000-0000-0000-0000-000000000001', '{1,2}', '{a,"b c"}', '{1.50}', '{2026-01-02 00:00:00+00}'
      )`)
    expect(await take()).toEqual({
      all_types: [
        {
          small: 1,
          big: 2,
          huge: '9007199254740993',
          exact: '12345678901234567890.0123456789',
          price: '12.50',
          ratio: 0.1,
          yes: true,
          nothing: null,
          words: "it's",
          'a "name"': 'quoted',
          json_value: { b: 1, a: [2] },
          jsonb_value: { z: 1, y: null },
          bytes: '\\x00ff',
          day: '2026-01-02',
          at: '2026-01-02T03:04:05.678',
          zoned: '2026-01-01T18:04:05.678Z',
          forever: 'infinity',
          span: '1 day 02:00:00',
          id: '00000000-0000-0000-0000-000000000001',
          list: [1, 2],
          texts: ['a', 'b c'],
          exacts: '{1.50}',
          moments: ['2026-01-02T00:00:00'],
        },
      ],
    })
  })

  test('physical order and used up ids do not count, not in references either', async () => {
    const tables = `
      create table customers (id serial primary key, name text unique);
      create table orders (id bigint generated always as identity primary key, customer int references customers, item text);`
    await database.exec(`${tables}
      insert into customers (name) values ('Ann'), ('Bob');
      insert into orders (customer, item) values (1, 'cup'), (2, 'pen'), (1, 'hat')`)
    const first = await take()
    await database.exec(`drop table orders, customers; ${tables}
      insert into customers (name) values ('Bob'), ('gone'), ('Ann');
      delete from customers where name = 'gone';
      insert into orders (customer, item) values (3, 'hat'), (1, 'gone'), (3, 'cup'), (1, 'pen');
      delete from orders where item = 'gone';
      update orders set item = item where item = 'hat'`)
    expect(await take()).toEqual(first)
    expect(first).toEqual({
      customers: [
        { id: 1, name: 'Ann' },
        { id: 2, name: 'Bob' },
      ],
      orders: [
        { id: 1, customer: 1, item: 'cup' },
        { id: 2, customer: 1, item: 'hat' },
        { id: 3, customer: 2, item: 'pen' },
      ],
    })
    await database.exec("update orders set customer = 3 where item = 'pen'")
    expect(await take()).not.toEqual(first)
  })

  test('ids that the program gave are kept', async () => {
    await database.exec(
      "create table orders (id serial primary key, state text); insert into orders values (7, 'paid'), (3, 'open')",
    )
    expect(await take()).toEqual({
      orders: [
        { id: 3, state: 'open' },
        { id: 7, state: 'paid' },
      ],
    })
  })

  test('schemas and what is ignored', async () => {
    await database.exec(`
      create table orders (id int primary key, touched timestamptz default now());
      create table audit (line text);
      create table schema_migrations (version text);
      create schema billing; create table billing.invoices (nr int);
      create schema graphile_worker; create table graphile_worker._private_jobs (id int);
      insert into orders values (1); insert into billing.invoices values (9)`)
    expect(await take({ ignore: ['orders.touched', 'audit'] })).toEqual({
      'billing.invoices': [{ nr: 9 }],
      orders: [{ id: 1 }],
    })
    expect(await take({ schemas: ['billing'] })).toEqual({ 'billing.invoices': [{ nr: 9 }] })
    expect(Object.keys(await take({ schemas: ['graphile_worker'] }))).toEqual([
      'graphile_worker._private_jobs',
    ])
    await expect(take({ ignore: ['ordres'] })).rejects.toMatchObject({
      code: 'FAULTLINE_BAD_OPTION',
      message: expect.stringMatching(/'ordres'.*\n.*Did you mean 'orders'\?/),
    })
    await expect(take({ schemas: ['biling'] })).rejects.toMatchObject({ code: 'FAULTLINE_BAD_OPTION' })
  })

  test('a report shows the rows that differ', async () => {
    await database.exec(`
      create table orders (nr int primary key, state text, paid_at timestamptz);
      insert into orders select nr, 'open', null from generate_series(1, 20) nr`)
    const expected = await take()
    await database.exec("update orders set state = 'paid' where nr = 12; delete from orders where nr = 20")
    const { error } = compareSnapshots(expected, await take(), [])!
    expect(error.message).toBe(`The final state differs from the unfaulted one (- expected, + received):
  ⋮ 57 equal lines
      {
        nr: 12,
        paid_at: null,
-       state: "open",
+       state: "paid",
      },
      {
        nr: 13,
  ⋮ 30 equal lines
        paid_at: null,
        state: "open",
      },
-     {
-       nr: 20,
-       paid_at: null,
-       state: "open",
-     },
    ],
  }`)
  })
})
