import { FaultlineError } from '../model/error.ts'
import { codeLine, type Delivery, placesOf, stuckAt, suspended } from '../runtime/index.ts'
import type { Running } from './running.ts'

/** Nobody waits for the delivery any more: its code is dead, and this is what ends the run. */
export function givenUp({ delivery, session }: Running, why: 'hung' | 'aborted'): unknown {
  const error = why === 'hung' ? hungError(delivery) : session.options.signal!.reason
  if (why === 'hung') session.blame ??= codeLine(stuckAt(delivery), 'await')
  delivery.die()
  return error
}

/** The error of a delivery that made no progress: names the awaits that it is suspended at. */
function hungError(delivery: Delivery): FaultlineError {
  const awaits = suspended(delivery).map((activation) => {
    const place = placesOf(activation.file!)[activation.at]!
    const name = place.also.find((other) => other.kind === 'await') ?? place
    return `${place.file}:${name.line} in ${place.function}`
  })
  const where =
    awaits.length === 0 ? 'outside of instrumented code' : `at the await of ${awaits.join(', and of ')}`
  return new FaultlineError('FAULTLINE_HUNG', {
    message: `${delivery.identity.jobId} hangs on delivery ${delivery.identity.ordinal}: no progress ${where}.`,
    hint: 'If it waits for a lock that a crashed worker held, let `onCrash` (or cutOnCrash(pool)) cut that worker’s connections. If it is just slow, raise `hangAfterMs`.',
  })
}
