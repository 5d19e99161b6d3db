import { FaultlineError } from '../../../model/error.ts'
import { describe } from '../../describe.ts'
import type { QueueTime } from '../../port.ts'
import { checkOptionNames } from '../check-options.ts'
import type { PostgresClient } from '../postgres-client.ts'
import { atPostgres, postgresName } from '../postgres-server.ts'
import { BossCron } from './boss-cron.ts'
import { BossJobs } from './boss-jobs.ts'
import type { BossDb, BossHandler, Db, PgBoss, Registered } from './driver.ts'
import { type Original, takeOver } from './take-over.ts'
import { VirtualStatements } from './virtual-statements.ts'

/** What `pgBossQueue` takes. */
export interface PgBossQueueOptions {
  /** Constructed as the application does it, and started. */
  readonly boss: PgBoss
  /** Calls `boss.work` for each queue, as the application does when it boots. Either this or `handlers`. */
  readonly register?: (boss: PgBoss) => unknown
  /** Handlers by the name of their queue. */
  readonly handlers?: Readonly<Record<string, BossHandler>>
  /** The pool of `pg` that handlers use: the connections that a dead worker held are cut. */
  readonly pool?: object
  /** Lets queues be cleared on another machine; default false. */
  readonly allowRemote?: boolean
}

/** What is known once the workers are registered and their queues are found. */
export interface ReadyBoss {
  readonly boss: PgBoss
  readonly db: Db
  readonly client: PostgresClient
  readonly jobs: BossJobs
  readonly cron: BossCron
  readonly registered: ReadonlyMap<string, Registered>
  readonly allowRemote: boolean
}

/** The application's `PgBoss`, taken over when the adapter is made and registered when it is first used. */
export class BossSetup {
  readonly statements: VirtualStatements
  readonly #options: PgBossQueueOptions
  readonly #registered: Map<string, Registered> = new Map()
  readonly #original: Original
  readonly #cron: BossCron
  #ready: Promise<ReadyBoss> | undefined

  constructor(options: PgBossQueueOptions, time: () => QueueTime) {
    checkOptions(options)
    this.#options = options
    const registered = this.#registered
    const isListed = (name: string): boolean => registered.has(name)
    const host = {
      isListed,
      get time() {
        return time()
      },
    }
    this.statements = new VirtualStatements(host)
    this.#cron = new BossCron(options.boss, isListed)
    this.#original = takeOver(options.boss, this.statements, {
      work: (name, work, handler) => this.#register(name, work, handler),
      offWork: (name) => registered.delete(name),
      scheduled: () => this.#cron.forget(),
    })
  }

  get serverName(): string {
    const { config } = this.#options.boss.getDb() as BossDb
    return postgresName({ options: config ?? {} })
  }

  /** Registers the workers, once. */
  ready(): Promise<ReadyBoss> {
    this.#ready ??= this.#start().catch((error) => {
      this.#ready = undefined
      throw error
    })
    return this.#ready
  }

  async #start(): Promise<ReadyBoss> {
    const { boss, register, handlers, allowRemote = false } = this.#options
    await register?.(boss)
    for (const [name, handler] of Object.entries(handlers ?? {})) this.#register(name, {}, handler)
    const names = [...this.#registered.keys()]
    if (names.length === 0) {
      throw bad(
        'register',
        'a function that calls boss.work for at least one queue',
        'one that calls it for none',
      )
    }
    for (const name of names) await this.#original.offWork(name)
    const schema = await this.#schemaOf(names)
    const { executeSql } = this.#original
    const db = boss.getDb() as BossDb
    const host = hostOf(db.config)
    const client = {
      query: (text: string) => executeSql(text),
      ...(host === undefined ? undefined : { host }),
    }
    const jobs = new BossJobs(executeSql, schema, names)
    return { boss, db, client, jobs, cron: this.#cron, registered: this.#registered, allowRemote }
  }

  /** The schema, as the library's own SQL names it; its queues must be there. */
  async #schemaOf(names: readonly string[]): Promise<string> {
    const db = this.#options.boss.getDb()
    const { executeSql } = db
    let schema: string | undefined
    db.executeSql = (text, values) => {
      schema ??= /\bfrom\s+((?:"[^"]+"|[\w$]+))\.queue\b/i.exec(text)?.[1]
      return executeSql(text, values)
    }
    try {
      const queues = await atPostgres(
        this.serverName,
        'the list of its queues',
        this.#options.boss.getQueues([...names]),
      )
      const missing = names.find((name) => !queues.some((queue) => queue.name === name))
      if (missing !== undefined)
        throw bad(
          `the queue '${missing}'`,
          `one that boss.createQueue('${missing}') made`,
          'a worker for a queue that does not exist',
        )
    } catch (error) {
      if (!/not opened/i.test((error as Error).message)) throw error
      throw bad('boss', 'a PgBoss that was started: await boss.start()', 'one that was not')
    } finally {
      db.executeSql = executeSql
    }
    if (schema === undefined)
      throw bad('boss', 'a PgBoss of version 12.35 or later', 'one whose SQL is not known')
    return schema
  }

  #register(name: string, options: object, handler: unknown): string {
    if (typeof handler !== 'function') throw bad(`the handler of '${name}'`, 'a function', describe(handler))
    this.#registered.set(name, { name, options, handler: handler as Registered['handler'] })
    return `faultline-${name}`
  }
}

function hostOf({ host, connectionString }: NonNullable<BossDb['config']> = {}): string | undefined {
  if (host !== undefined || connectionString === undefined) return host
  try {
    return new URL(connectionString).hostname
  } catch {
    return undefined
  }
}

function checkOptions(options: PgBossQueueOptions): void {
  checkOptionNames('pgBossQueue', options, ['boss', 'register', 'handlers', 'pool', 'allowRemote'])
  const { boss, register, handlers, pool } = options
  if (typeof boss?.getDb !== 'function' || typeof boss.fetch !== 'function')
    throw bad('boss', 'a PgBoss', describe(boss))
  if ((register === undefined) === (handlers === undefined))
    throw bad('register and handlers', 'one of the two', register === undefined ? 'neither' : 'both')
  if (register !== undefined && typeof register !== 'function')
    throw bad('register', 'a function of the PgBoss', describe(register))
  if (handlers !== undefined) checkHandlers(handlers)
  if (pool !== undefined && !Array.isArray((pool as { readonly _clients?: unknown } | null)?._clients))
    throw bad('pool', "a Pool of the package 'pg'", describe(pool))
}

function checkHandlers(handlers: unknown): void {
  if (typeof handlers !== 'object' || handlers === null || Array.isArray(handlers))
    throw bad('handlers', 'functions by the name of their queue', describe(handlers))
  const entries = Object.entries(handlers)
  if (entries.length === 0) throw bad('handlers', 'at least one function by the name of its queue', 'none')
  for (const [name, handler] of entries)
    if (typeof handler !== 'function') throw bad(`the handler of '${name}'`, 'a function', describe(handler))
}

function bad(what: string, allowed: string, received: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `pgBossQueue: ${what} must be ${allowed}: received ${received}.`,
  })
}
