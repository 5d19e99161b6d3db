import { FaultlineError } from '../../model/error.ts'
import { isJobRequest, type JobRequest } from '../../model/job.ts'

const brand: unique symbol = Symbol.for('faultline.redelivery') as never

/**
 * A second delivery of the same job, for a race: the lock of the first worker lapsed while it was slow, and the queue
 * gave the job to another one. Both run; the end of the one whose lock lapsed is refused, as that queue does it.
 *
 * @example
 * ```ts
 * const order = charge.with({ orderId: 7 })
 * await runRaces([order, redelivery(order)], (run, world) => expect(world.charges).toHaveLength(1), { setup })
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION` for what is no job request.
 */
export function redelivery(request: JobRequest): JobRequest {
  if (isJobRequest(request)) return { ...request, [brand]: request } as JobRequest
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `redelivery(request) takes a job request: received ${request === null ? 'null' : typeof request}.`,
    hint: 'const order = charge.with({ orderId: 7 }); runRaces([order, redelivery(order)], …)',
  })
}

/** The request that is delivered a second time; `undefined` for any other work. */
export function firstDeliveryOf(work: unknown): JobRequest | undefined {
  return typeof work === 'object' && work !== null && brand in work
    ? (work as { [brand]: JobRequest })[brand]
    : undefined
}
