import type { Job } from 'bullmq'
import { execution } from '../../../model/context.ts'
import type { JobClass } from './driver.ts'

interface Watched {
  users: number
  readonly undo: () => void
}

const watched: WeakMap<JobClass, Watched> = new WeakMap()

/**
 * Until the returned function is called, jobs that a delivery adds through any `Queue` of BullMQ pass the points
 * before and after an enqueue. Flows do not: their jobs are added together, by another way.
 */
export function watchEnqueues(job: JobClass): () => void {
  let entry = watched.get(job)
  if (entry === undefined) watched.set(job, (entry = { users: 0, undo: install(job) }))
  entry.users++
  let done = false
  return () => {
    if (done) return
    done = true
    if (--entry.users > 0) return
    entry.undo()
    watched.delete(job)
  }
}

/** The id of a job among the jobs of all queues. */
export function idOf(queue: { readonly name: string }, jobId: string | undefined): string {
  return `${queue.name}:${jobId}`
}

function install(job: JobClass): () => void {
  const before = (['create', 'createBulk'] as const).map(
    (name) => [name, Object.getOwnPropertyDescriptor(job, name)] as const,
  )
  const { create, createBulk } = job
  job.create = async function (this: unknown, queue, name, data, options) {
    return through(queue, [name], async () => [
      await create.call(this as JobClass, queue, name, data, options),
    ]).then(([added]) => added!)
  }
  job.createBulk = async function (this: unknown, queue, jobs) {
    const names = jobs.map(({ name }) => name)
    return through(queue, names, () => createBulk.call(this as JobClass, queue, jobs))
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(job, name)
      else Object.defineProperty(job, name, descriptor)
    }
  }
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
