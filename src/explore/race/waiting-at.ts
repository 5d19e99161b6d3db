import { type Activation, placesOf, suspended } from '../../runtime/index.ts'
import type { Racer } from './racer.ts'

/** The awaits at which a racer is suspended: `src/jobs/charge.ts:14`. */
export function waitingAt(racer: Racer): string {
  const deliveries = new Set([...racer.watched].map(({ delivery }) => delivery))
  const places = [...deliveries].flatMap((delivery) => suspended(delivery).map(awaitOf))
  return [...new Set(places)].join(' and ')
}

/** The await that was entered last: `src/jobs/charge.ts:14`. */
export function awaitOf({ file, at }: Activation): string {
  const place = placesOf(file!)[at]!
  const name = place.also.find(({ kind }) => kind === 'await') ?? place
  return `${place.file}:${name.line}`
}
