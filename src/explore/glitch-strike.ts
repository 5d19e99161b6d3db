import { FaultlineError } from '../model/error.ts'
import type { Place } from '../model/point.ts'
import type { Session } from '../perform/index.ts'
import type { Delivery, Search } from '../runtime/index.ts'
import type { Glitch } from './glitch.ts'

/** A fault that cannot strike where its glitch puts it is a mistake of the test: it ends the run. */
export function checkStrike(
  { fault, description }: Glitch,
  place: Place,
  delivery: Delivery,
  session: Session,
): void {
  const { queue, facts } = session
  const known = facts.get(delivery.identity.jobId)
  // A delay that passes the time-out is one: only a simulation leaves it to that family.
  const obstacle =
    fault.needs !== undefined && queue[fault.needs] === undefined
      ? `the ${queue.kind} queue cannot do this`
      : fault.name === 'delay'
        ? undefined
        : fault.obstacle(place, 'everywhere', known ?? {})
  if (obstacle === undefined) return
  delivery.fatal = new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `${description}: ${fault.name} cannot strike at ${place.key} (${place.kind}): ${obstacle}.`,
    hint: 'Place it elsewhere, or give another fault.',
  })
  throw delivery.fatal
}

/** A fault that waits for its moment, and had none: nothing was tested. */
export function checkCameToSomething(glitches: readonly Glitch[], searches: readonly Search[]): void {
  for (const [index, { fault, description }] of glitches.entries()) {
    const delivery = searches[index]!.found?.delivery
    const reason = delivery && fault.idle?.(delivery)
    if (reason === undefined) continue
    throw new FaultlineError('FAULTLINE_UNREACHED', {
      message: `${description} struck, and nothing came of its ${fault.name}(): ${reason}. Nothing was tested.`,
      hint: 'Place it earlier, or where the job takes the way that you mean.',
    })
  }
}

/** Whether a call or a return is the one that is meant; a function of the test that throws is its mistake, and ends the run. */
export function asked(
  { description }: Glitch,
  option: 'args' | 'returns',
  delivery: Delivery,
  test: () => unknown,
): boolean {
  try {
    return Boolean(test())
  } catch (cause) {
    delivery.fatal = new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `${description}: the function given as \`${option}\` threw ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`,
      hint: 'It is asked at every call of that function: let it return true or false for whatever it gets.',
      cause,
    })
    throw delivery.fatal
  }
}
