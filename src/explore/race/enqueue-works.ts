import { execution } from '../../model/context.ts'
import type { JobRequest } from '../../model/job.ts'
import type { Session } from '../../perform/index.ts'
import type { QueueAdapter } from '../../queue/port.ts'
import { bounded } from '../bounded.ts'
import { nothingEnqueued } from '../nothing-enqueued.ts'
import { type EnqueuedBy, kindOfWork } from '../work.ts'
import type { Entry } from './entry.ts'

/** Brings a work into the queue; `undefined`: it is in no queue, or another one brings it. Its ids, else. */
export function enqueueWork(
  session: Session,
  entry: Entry,
  world: unknown,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> | undefined {
  if (entry.request !== undefined)
    return entry.again === undefined ? enqueueRequest(session, entry.request) : undefined
  return kindOfWork(entry.work) === 'enqueuedBy'
    ? enqueueBy(session, entry.work as EnqueuedBy, world, signal)
    : undefined
}

async function enqueueRequest(session: Session, request: JobRequest): Promise<readonly string[]> {
  const { queue } = session
  const id = isInert(queue, request)
    ? await queue.enqueue(request)
    : await execution.run(session.quietContext('enqueue'), () => queue.enqueue(request))
  return [id]
}

/** No code that asks for the time runs while it is enqueued: a context, which is not free, would be for nothing. */
function isInert({ kind }: QueueAdapter, { payload }: JobRequest): boolean {
  return (
    kind === 'memory' && (payload === null || (typeof payload !== 'object' && typeof payload !== 'function'))
  )
}

async function enqueueBy(
  session: Session,
  { fn }: EnqueuedBy,
  world: unknown,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const { queue } = session
  const known = new Set((await queue.pending()).map(({ id }) => id))
  await execution.run(session.quietContext('enqueue'), () =>
    bounded('enqueuedBy', () => fn({ queue, world: world as never }), signal),
  )
  const ids = (await queue.pending()).map(({ id }) => id).filter((id) => !known.has(id))
  if (ids.length === 0) throw nothingEnqueued()
  return ids
}
