import { FaultlineError } from '../../../model/error.ts'
import type { Backend, BullmqQueueLike } from './driver.ts'
import { guardClients } from './guard-clients.ts'
import { isPostgresBackend } from './postgres-store.ts'

/**
 * Refuses what is no queue; one on Postgres is guarded from here on, since it may be connecting still.
 *
 * @throws FAULTLINE_BAD_OPTION
 */
export function checkQueue(queue: BullmqQueueLike): void {
  if (typeof queue?.add !== 'function') {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: 'queue.job(queue, name, data, options) takes a Queue of BullMQ first.',
    })
  }
  const backend = queue.getBackend?.() as Backend | undefined
  if (backend !== undefined && isPostgresBackend(backend)) guardClients(backend.connection)
}
