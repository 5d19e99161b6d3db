import type { Activation, CodePlace } from './activation.ts'
import type { Delivery } from './delivery.ts'
import { isNamed, placesOf } from './places.ts'
import type { FileRecord } from './shared.ts'
import { isPending } from './suspended.ts'

/**
 * Where the work was set going that runs on after its delivery: the call that nobody awaits, of those that led here.
 * Where the code is a callback of a function that has returned, that is where the callback stands.
 */
export function startedAt(activation: Activation, file: FileRecord, index: number): CodePlace | undefined {
  let work = activation
  if (work.slot < 0) return callbackAt(file, index)
  while (work.parent !== undefined && isAwaiting(work.parent)) work = work.parent
  return work.calledAt
}

/** Where the call was made whose promise was rejected with nobody to handle it; `undefined` where several may be it. */
export function failedAt(delivery: Delivery): CodePlace | undefined {
  const failed = delivery.open.filter((activation) => !isAwaiting(activation))
  const outer = failed.filter(({ parent }) => parent !== undefined && !failed.includes(parent))
  return outer.length === 1 ? outer[0]!.calledAt : undefined
}

function isAwaiting({ slot, awaited }: Activation): boolean {
  return slot >= 0 && awaited !== undefined && isPending(awaited)
}

/** The entry of the function that a place is in. */
function callbackAt(file: FileRecord, index: number): CodePlace | undefined {
  const places = placesOf(file)
  const { function: name } = places[index]!
  const at = places.findLastIndex(
    (place, position) => position <= index && place.function === name && isNamed(place, 'call'),
  )
  return at < 0 ? undefined : { file, index: at, entry: true }
}
