import { execution } from '../../../model/context.ts'
import { FaultlineError } from '../../../model/error.ts'
import type { Db, PgBoss } from './driver.ts'
import type { VirtualStatements } from './virtual-statements.ts'

type Method = (...args: unknown[]) => Promise<unknown>

/** Methods that take a transaction as `{ db }`. */
const withDb = [
  'send',
  'sendAfter',
  'sendThrottled',
  'sendDebounced',
  'insert',
  'update',
  'upsert',
  'flow',
  'fetch',
  'complete',
  'fail',
  'cancel',
  'resume',
  'retry',
  'deleteJob',
  'touch',
  'redrive',
] as const
const taken = new WeakSet<PgBoss>()
const sends: readonly string[] = ['send', 'sendAfter', 'sendThrottled', 'sendDebounced', 'insert']

/** What the adapter does where the application calls its `PgBoss`. */
export interface Overrides {
  work(name: string, options: object, handler: unknown): string
  offWork(name: string): void
  scheduled(): void
}

/** The methods of a `PgBoss` and of its database as they were. */
export interface Original {
  readonly executeSql: Db['executeSql']
  readonly offWork: PgBoss['offWork']
}

/**
 * From now on this `PgBoss` lives in virtual time, its workers are registered and not started, and jobs that a
 * delivery sends pass the points before and after an enqueue. The object stays the application's own.
 */
export function takeOver(boss: PgBoss, statements: VirtualStatements, overrides: Overrides): Original {
  if (taken.has(boss)) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: 'This PgBoss is driven by another adapter already: received it twice.',
      hint: 'Make one pgBossQueue for it, and share that between simulations.',
    })
  }
  taken.add(boss)
  const db = boss.getDb()
  const executeSql = db.executeSql.bind(db)
  const offWork = boss.offWork.bind(boss)
  const wrapped = new WeakMap<Db, Db>()
  const wrap = (other: Db): Db => {
    let virtual = wrapped.get(other)
    if (virtual === undefined) {
      virtual = {
        executeSql: (text, values) => other.executeSql(statements.rewrite(text, values), values),
      }
      wrapped.set(other, virtual)
    }
    return virtual
  }
  db.executeSql = (text, values) => executeSql(statements.rewrite(text, values), values)
  if (db.beginTransaction !== undefined) {
    const beginTransaction = db.beginTransaction.bind(db)
    db.beginTransaction = async () => {
      const transaction = await beginTransaction()
      return { ...transaction, db: wrap(transaction.db) }
    }
  }
  const methods = boss as unknown as Record<string, Method>
  for (const name of withDb) {
    const method = methods[name]!.bind(boss)
    methods[name] = (...args) => {
      const call = (): Promise<unknown> => method(...args.map((argument) => withWrapped(argument, wrap)))
      return sends.includes(name) ? throughPoints(args, call) : call()
    }
  }
  methods.work = async (name, ...args) =>
    overrides.work(name as string, args.length > 1 ? (args[0] as object) : {}, args.at(-1))
  methods.offWork = async (name) => overrides.offWork(name as string)
  for (const name of ['schedule', 'unschedule'] as const) {
    const method = methods[name]!.bind(boss)
    methods[name] = (...args) => method(...args).finally(overrides.scheduled)
  }
  return { executeSql, offWork }
}

/** `{ db }` and `{ options: { db } }` with a database that tells the virtual time. */
function withWrapped(argument: unknown, wrap: (db: Db) => Db): unknown {
  if (typeof argument !== 'object' || argument === null) return argument
  const { db, options } = argument as { db?: unknown; options?: unknown }
  if (isDb(db)) return { ...argument, db: wrap(db) }
  if (isDb((options as { db?: unknown } | undefined)?.db)) {
    return { ...argument, options: withWrapped(options, wrap) }
  }
  return argument
}

function isDb(value: unknown): value is Db {
  return typeof (value as Db | undefined)?.executeSql === 'function'
}

async function throughPoints(args: readonly unknown[], call: () => Promise<unknown>): Promise<unknown> {
  const delivery = execution.getStore()?.delivery
  if (delivery === undefined) return call()
  const [first, second, third] = args as [string | { name: string; options?: object }, unknown, object?]
  const name = typeof first === 'string' ? first : first.name
  const options = typeof first === 'string' ? third : first.options
  delivery.enqueuePoint(name, 'before')
  const sent = await call()
  // Sent within a transaction, nobody sees it before that commits.
  const dueNow = !['startAfter', 'db'].some((option) => option in (options ?? {})) && !Array.isArray(second)
  await delivery.enqueuePoint(name, 'after', typeof sent === 'string' ? { id: sent, dueNow } : undefined)
  return sent
}
