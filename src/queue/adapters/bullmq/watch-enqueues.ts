import type { Job } from 'bullmq'
import { execution } from '../../../model/context.ts'
import type { JobClass } from './driver.ts'

/** The ways to add jobs of one class, and what stands in for them while somebody watches. */
interface Watched {
  users: number
  readonly ways: readonly Way[]
}

interface Way {
  readonly name: 'create' | 'createBulk'
  readonly isOwn: boolean
  readonly plain: unknown
  readonly watching: unknown
}

const watched: WeakMap<JobClass, Watched> = new WeakMap()

/**
 * Until the returned function is called, jobs that a delivery adds through any `Queue` of BullMQ pass the points
 * before and after an enqueue. Flows do not: their jobs are added together, by another way.
 */
export function watchEnqueues(job: JobClass): () => void {
  let entry = watched.get(job)
  if (entry === undefined) watched.set(job, (entry = { users: 0, ways: waysOf(job) }))
  if (entry.users++ === 0) for (const { name, watching } of entry.ways) job[name] = watching as never
  let done = false
  return () => {
    if (done) return
    done = true
    if (--entry.users === 0) unwatch(job, entry.ways)
  }
}

/** Only assigns: to define properties of a class again and again makes all of its code slow. */
function unwatch(job: JobClass, ways: readonly Way[]): void {
  for (const { name, isOwn, plain, watching } of ways) {
    if (job[name] !== watching) continue
    if (isOwn) job[name] = plain as never
    else Reflect.deleteProperty(job, name)
  }
}

/** The id of a job among the jobs of all queues. */
export function idOf(queue: { readonly name: string }, jobId: string | undefined): string {
  return `${queue.name}:${jobId}`
}

function waysOf(job: JobClass): Way[] {
  const { create, createBulk } = job
  const createWatched: JobClass['create'] = async function (this: unknown, queue, name, data, options) {
    const add = async (): Promise<Job[]> => [await create.call(this as JobClass, queue, name, data, options)]
    const [added] = await through(queue, [name], add)
    return added!
  }
  const createBulkWatched: JobClass['createBulk'] = function (this: unknown, queue, jobs) {
    const names = jobs.map(({ name }) => name)
    return through(queue, names, () => createBulk.call(this as JobClass, queue, jobs))
  }
  return [
    { name: 'create', isOwn: Object.hasOwn(job, 'create'), plain: create, watching: createWatched },
    {
      name: 'createBulk',
      isOwn: Object.hasOwn(job, 'createBulk'),
      plain: createBulk,
      watching: createBulkWatched,
    },
  ]
}

async function through(
  queue: { readonly name: string },
  names: readonly string[],
  add: () => Promise<Job[]>,
): Promise<Job[]> {
  const delivery = execution.getStore()?.delivery
  if (delivery === undefined) return add()
  for (const name of names) delivery.enqueuePoint(name, 'before')
  const jobs = await add()
  for (const { id, name, opts } of jobs) {
    const dueNow = (opts.delay ?? 0) <= 0
    await delivery.enqueuePoint(name, 'after', { id: idOf(queue, id), dueNow })
  }
  return jobs
}
