import { FaultlineError } from '../model/error.ts'
import type { Place } from '../model/point.ts'
import type { Glitch } from './glitch.ts'

/** The keys by which a place is known as a kind. */
export function namesOf(place: Place, kind: Place['kind']): string[] {
  const also = place.also.filter((name) => name.kind === kind).map((name) => name.key)
  return place.kind === kind ? [place.key, ...also] : also
}

/** Whether two paths, or two keys, are the same: one may be an ending of the other that begins at a folder. */
export function sameFile(path: string, wanted: string): boolean {
  const plain = wanted.replace(/^\.\//, '').replaceAll('\\', '/')
  return path === plain || path.endsWith(`/${plain}`) || plain.endsWith(`/${path}`)
}

/** How a line is named; anything else is an error that says what is allowed. */
export function checkLineKey(maker: string, key: unknown): void {
  if (typeof key === 'string' && /^.+:\d+(?::\d+)?$/.test(key)) return
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `${maker}(key) takes a file and a line: received ${received(key)}; allowed is 'src/jobs/charge.ts:14', or with a column 'src/jobs/charge.ts:14:9'.`,
  })
}

/** How a function is named: `chargeOrder`, `Mailer#deliver`, or `src/mail.ts#send` where a name is ambiguous. */
export function functionKey(
  maker: string,
  key: string,
  kind: 'call' | 'return',
): Pick<Glitch, 'matches' | 'candidates'> {
  if (typeof key !== 'string' || key === '') {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `${maker}(key) takes the name of a function: received ${received(key)}; allowed is 'chargeOrder', 'Mailer#deliver', 'Mailer.create', or with its file 'src/mail.ts#send'.`,
    })
  }
  const [file, name] = key.includes('#') && /\.[cm]?[jt]sx?#/.test(key) ? splitOnce(key) : [undefined, key]
  return {
    matches: (place) =>
      place.function === name &&
      (file === undefined || sameFile(place.file, file)) &&
      namesOf(place, kind).length > 0,
    candidates: (places) => [...new Set(places.map((place) => place.function))],
  }
}

function received(key: unknown): string {
  return typeof key === 'string' ? `'${key}'` : typeof key
}

function splitOnce(key: string): [string, string] {
  const at = key.search(/(?<=\.[cm]?[jt]sx?)#/)
  return [key.slice(0, at), key.slice(at + 1)]
}
