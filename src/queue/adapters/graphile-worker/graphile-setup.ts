import { FaultlineError } from '../../../model/error.ts'
import { describe } from '../../describe.ts'
import { checkOptionNames } from '../check-options.ts'
import { refuseRemote } from '../postgres-client.ts'
import { atPostgres, postgresName } from '../postgres-server.ts'
import type { GraphileWorker, SqlPool, TaskList } from './driver.ts'
import { GraphileCron } from './graphile-cron.ts'
import { GraphileJobs } from './graphile-jobs.ts'
import { isPGlite, pglitePool, quietPool } from './pglite-pool.ts'
import { type TaskModules, taskListOf } from './task-list.ts'

/** What `graphileWorkerQueue` takes. */
export interface GraphileWorkerQueueOptions {
  /** A `Pool` of `pg` to the database of the jobs, or a PGlite. Connections of it die with their worker. */
  readonly pool: object
  /** As `run` takes it, or modules by their file, as `import.meta.glob` makes it. Either this or `taskDirectory`. */
  readonly tasks?: TaskList | TaskModules
  /** As `run` takes it; its files are loaded by Node itself. */
  readonly taskDirectory?: string
  /** Of graphile-worker's tables; default `graphile_worker`. */
  readonly schema?: string
  /** As `run` takes it: its jobs are added where a run has a cutoff. */
  readonly crontab?: string
  /** Lets jobs be cleared on another machine; default false. */
  readonly allowRemote?: boolean
}

/** What is known once the tasks are loaded and the tables are there. */
export interface ReadyGraphile {
  readonly library: GraphileWorker
  readonly pool: SqlPool
  readonly tasks: TaskList
  readonly names: readonly string[]
  /** Those of `runTaskListOnce`; one object, by which the library keeps what it compiled. */
  readonly options: object
  readonly jobs: GraphileJobs
  readonly cron: GraphileCron
}

/** Loads graphile-worker and the application's tasks when they are first needed. */
export class GraphileSetup {
  readonly serverName: string
  readonly #options: GraphileWorkerQueueOptions
  readonly #pool: SqlPool
  #ready: Promise<ReadyGraphile> | undefined

  constructor(options: GraphileWorkerQueueOptions) {
    checkOptions(options)
    this.#options = options
    this.#pool = isPGlite(options.pool) ? pglitePool(options.pool) : (options.pool as SqlPool)
    this.serverName = isPGlite(options.pool) ? 'PGlite' : postgresName(options.pool)
  }

  /** Whether the pool could hand out a connection now. */
  get hasRoom(): boolean {
    const { idleCount, totalCount, options } = this.#options.pool as {
      idleCount?: number
      totalCount?: number
      options?: { max?: number }
    }
    if (totalCount === undefined) return !isPGlite(this.#options.pool)
    return idleCount! > 0 || totalCount < (options?.max ?? 10)
  }

  async refuseRemote(): Promise<void> {
    await refuseRemote(this.#options.pool as never, this.#options.allowRemote === true)
  }

  ready(): Promise<ReadyGraphile> {
    this.#ready ??= this.#start().catch((error) => {
      this.#ready = undefined
      throw error
    })
    return this.#ready
  }

  async #start(): Promise<ReadyGraphile> {
    const { taskDirectory, schema = 'graphile_worker', crontab } = this.#options
    const library = await import('graphile-worker')
    const logger = new library.Logger(() => () => {})
    const shared = { schema, logger, useNodeTime: true }
    const migrated = library.runMigrations({ ...shared, pgPool: quietPool(this.#pool) as never })
    await atPostgres(this.serverName, 'the tables of graphile-worker', migrated)
    const tasks =
      taskDirectory === undefined
        ? taskListOf(this.#options.tasks!)
        : (await library.getTasks(shared, taskDirectory).catch(told('taskDirectory', 'a folder of tasks')))
            .tasks
    const names = Object.keys(tasks)
    if (names.length === 0)
      throw bad('taskDirectory', 'a folder with tasks', `'${taskDirectory}', which has none`)
    return {
      library,
      pool: this.#pool,
      tasks,
      names,
      options: { ...shared, noHandleSignals: true },
      jobs: await GraphileJobs.of(this.#pool, schema, names),
      cron: new GraphileCron(crontab === undefined ? [] : cronOf(library, crontab)),
    }
  }
}

const optionNames = ['pool', 'tasks', 'taskDirectory', 'schema', 'crontab', 'allowRemote']

function checkOptions(options: GraphileWorkerQueueOptions): void {
  checkOptionNames('graphileWorkerQueue', options, optionNames)
  const { pool, tasks, taskDirectory } = options
  if (typeof (pool as { query?: unknown } | undefined)?.query !== 'function')
    throw bad('pool', "a Pool of the package 'pg', or a PGlite", describe(pool))
  if ((tasks === undefined) === (taskDirectory === undefined))
    throw bad('tasks and taskDirectory', 'one of the two', tasks === undefined ? 'neither' : 'both')
  for (const name of ['taskDirectory', 'schema', 'crontab'] as const) {
    const value: unknown = options[name]
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw bad(name, 'a text that is not empty', describe(value))
  }
  if (tasks !== undefined) taskListOf(tasks)
}

function cronOf(library: GraphileWorker, crontab: string): ReturnType<GraphileWorker['parseCrontab']> {
  try {
    return library.parseCrontab(crontab)
  } catch (cause) {
    throw told('crontab', 'what graphile-worker reads')(cause)
  }
}

/** What the library has to say of an option. */
function told(what: string, allowed: string): (cause: unknown) => never {
  return (cause) => {
    throw bad(what, allowed, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function bad(what: string, allowed: string, received: string, cause?: unknown): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `graphileWorkerQueue: ${what} must be ${allowed}: received ${received}${/[.!?]$/.test(received) ? '' : '.'}`,
    ...(cause === undefined ? undefined : { cause }),
  })
}
