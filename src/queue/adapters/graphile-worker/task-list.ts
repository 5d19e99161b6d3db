import { FaultlineError } from '../../../model/error.ts'
import { describe } from '../../describe.ts'
import type { RunExtras } from '../../port.ts'
import type { Task, TaskList } from './driver.ts'

/** Modules of tasks by their file, as `import.meta.glob` makes it; each has its task as the default export. */
export type TaskModules = Record<string, () => Promise<unknown>>

type Load = RunExtras['load']

/** Tasks that a worker loads with module memory of its own, each with how. */
const loaded = new WeakMap<Task, (load: NonNullable<Load>) => Task>()

/** The task as this worker has it: one that is given as a module is loaded by each worker for itself. */
export function taskOf(task: Task, load: Load): Task {
  return (load && loaded.get(task)?.(load)) ?? task
}

const file = /\.[cm]?[jt]sx?$/

/**
 * Tasks by their identifier. A key that is a file is a module to be loaded when its task is first run; its identifier
 * is its path below the folder that all of them share, as with graphile-worker's `taskDirectory`.
 *
 * @throws FaultlineError `FAULTLINE_BAD_OPTION` for what is no task.
 */
export function taskListOf(tasks: TaskList | TaskModules): TaskList {
  if (typeof tasks !== 'object' || tasks === null || Array.isArray(tasks))
    throw bad('tasks', 'functions by the names of their tasks', describe(tasks))
  const names = Object.keys(tasks)
  if (names.length === 0) throw bad('tasks', 'at least one task', 'none')
  const folder = sharedFolder(names.filter((name) => file.test(name)))
  return Object.fromEntries(
    names.map((name) => {
      const task = (tasks as Record<string, unknown>)[name]
      if (typeof task !== 'function') throw bad(`the task '${name}'`, 'a function', describe(task))
      if (!file.test(name)) return [name, task as Task]
      return [name.slice(folder.length).replace(file, ''), loadedTask(name, task as () => Promise<unknown>)]
    }),
  )
}

function loadedTask(name: string, load: () => Promise<unknown>): Task {
  const through =
    (call: NonNullable<Load>): Task =>
    async (payload, helpers) => {
      const module = await call(load)
      const task =
        typeof module === 'function' ? module : (module as { default?: unknown } | undefined)?.default
      if (typeof task !== 'function') throw bad(`the default export of '${name}'`, 'a task', describe(task))
      return await task(payload, helpers)
    }
  const task = through(async (load) => load())
  loaded.set(task, through)
  return task
}

function sharedFolder(files: readonly string[]): string {
  const [first = '', ...others] = files.map((name) => name.slice(0, name.lastIndexOf('/') + 1))
  let folder = first
  for (const other of others) {
    while (!other.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1)
  }
  return folder
}

function bad(what: string, allowed: string, received: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `graphileWorkerQueue: ${what} must be ${allowed}: received ${received}.`,
  })
}
