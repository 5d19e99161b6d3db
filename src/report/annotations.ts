import type { SimulationData } from '../model/result.ts'
import { type Blame, blamesOf } from './blame.ts'
import type { RaceEntry } from './file/index.ts'
import { type RaceBlame, raceBlamesOf } from './race-blame.ts'
import { plural } from './words.ts'

/** GitHub shows ten errors of a step; more are noise in the log. */
const ANNOTATIONS_MAX = 50

/**
 * The findings as commands of GitHub Actions, one a line: they show up in the diff, at the failing lines.
 *
 * @param prefix where the root of the simulations is, relative to the repository: `''` or `packages/shop/`
 * @example
 * ```ts
 * annotationsOf([report]) // ['::error file=src/jobs/charge.ts,line=14,title=charge::charged twice …']
 * ```
 */
export function annotationsOf(
  simulations: readonly SimulationData[],
  prefix = '',
  races: readonly RaceEntry[] = [],
): string[] {
  const all = [
    ...simulations.flatMap(blamesOf).map((blame) => annotation(blame, prefix)),
    ...races.flatMap(raceBlamesOf).map((blame) => raceAnnotation(blame, prefix)),
  ]
  const shown = all.slice(0, ANNOTATIONS_MAX)
  const more = all.length - shown.length
  return more > 0 ? [...shown, `::notice title=Faultline::${plural(more, 'more finding')}`] : shown
}

function annotation(blame: Blame, prefix: string): string {
  const { simulation, file, line, faults, scenarios, reason, message } = blame
  const notRun = reason === 'not-run' ? 'could not be run: ' : ''
  const struck = faults.length === 0 ? '' : ` (${faults.join(', ')}; ${plural(scenarios, 'scenario')})`
  return `::error ${at(file, line, prefix)}title=${property(`Faultline: ${simulation}`)}::${data(notRun + message + struck)}`
}

function raceAnnotation({ race, file, line, schedule, message }: RaceBlame, prefix: string): string {
  const title = property(`Faultline: ${race}`)
  return `::error ${at(file, line, prefix)}title=${title}::${data(`${message} (race, schedule ${schedule})`)}`
}

function at(file: string, line: number, prefix: string): string {
  return file === '' ? '' : `file=${property(prefix + file)},line=${line},`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
