import { execution } from '../../../model/context.ts'
import type { RunExtras } from '../../port.ts'
import { borrow } from './borrow.ts'
import type { JobHelpers, SqlConnection, SqlPool, TaskList } from './driver.ts'
import type { GraphileClaim } from './graphile-claim.ts'
import { taskOf } from './task-list.ts'

type WithClient = (callback: (client: SqlConnection) => unknown) => Promise<unknown>

/** Calls the application's task as the worker does, with helpers that use the application's own pool. */
export async function runTask(
  claim: GraphileClaim,
  extras: RunExtras,
  tasks: TaskList,
  pool: SqlPool,
): Promise<unknown> {
  const withClient: WithClient = async (callback) => {
    const delivery = execution.getStore()?.delivery
    const client = await borrow(pool)
    try {
      return await callback(client)
    } finally {
      // A dead worker gives nothing back: its connection, whose transaction may be open, is cut.
      if (delivery?.dead !== true) client.release()
    }
  }
  const { helpers } = claim
  const own = {
    ...helpers,
    abortSignal: extras.signal,
    withPgClient: Object.assign(withClient, { withRetries: withClient }),
    query: (text: string, values?: unknown[]) => pool.query(text, values),
    addJob: throughPoints((identifier: string) => [identifier], helpers.addJob as never),
    addJobs: throughPoints(
      (specs: readonly { identifier: string }[]) => specs.map(({ identifier }) => identifier),
      helpers.addJobs as never,
    ),
  } as unknown as JobHelpers
  return await taskOf(tasks[claim.name]!, extras.load)(claim.job.payload, own)
}

type Added = { readonly id: unknown } | readonly { readonly id: unknown }[]

/** Jobs that a delivery adds pass the points before and after an enqueue. */
function throughPoints<T>(
  namesOf: (first: T) => string[],
  add: (first: T, ...more: unknown[]) => Promise<Added>,
): (first: T, ...more: unknown[]) => Promise<Added> {
  return async (first, ...more) => {
    const delivery = execution.getStore()?.delivery
    const names = delivery === undefined ? [] : namesOf(first)
    for (const name of names) delivery!.enqueuePoint(name, 'before')
    const added = await add(first, ...more)
    const jobs = Array.isArray(added) ? (added as { id: unknown }[]) : [added as { id: unknown }]
    const isDelayed = (more[1] as { runAt?: unknown } | undefined)?.runAt !== undefined
    for (const [index, name] of names.entries()) {
      const id = String(jobs[index]?.id)
      await delivery!.enqueuePoint(name, 'after', { id, dueNow: !isDelayed })
    }
    return added
  }
}
