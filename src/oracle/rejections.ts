import { FaultlineError } from '../model/error.ts'
import type { CodeLine } from '../model/result.ts'
import { codeLine, failedAt } from '../runtime/index.ts'
import type { Checked, Finding } from './finding.ts'

/** No promise of a delivery was rejected without a handler, and nothing was thrown where nobody could catch it. */
export function rejections({ deliveries }: Checked): Finding | undefined {
  for (const delivery of deliveries) {
    const { rejections, exceptions, identity } = delivery
    const of = `${identity.jobId} (delivery ${identity.ordinal})`
    if (exceptions !== undefined) {
      return finding(
        exceptions[0],
        `${of} threw where nothing can catch it, in a timer or a handler of an event`,
        'In production Node ends the process for this, and with it every job that runs there. Catch it in the callback.',
      )
    }
    if (rejections !== undefined) {
      return finding(
        rejections[0],
        `A promise of ${of} was rejected and nobody handled it`,
        'In production Node ends the process for this. Await the promise, or handle its rejection.',
        codeLine(failedAt(delivery)),
      )
    }
  }
  return undefined
}

function finding(cause: unknown, what: string, hint: string, blame?: CodeLine): Finding {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const made =
    blame === undefined ? '' : `\nIt was made at ${blame.file}:${blame.line}, where nothing awaits it.`
  return {
    reason: 'rejection',
    error: new FaultlineError('FAULTLINE_REJECTION', { message: `${what}: ${text}${made}`, hint, cause }),
    ...(blame === undefined ? undefined : { blame }),
  }
}
