import type { ScenarioResult, SimulationData, SimulationSummary } from '../model/result.ts'
import { number, plural, reasonWords } from './words.ts'

/** The verdict on the whole. */
export interface Headline {
  readonly good: boolean
  readonly text: string
  /** Faults were injected: counts and the percentage mean something. */
  readonly counted: boolean
}

/** Why nothing could be judged. */
const BARE: Readonly<Record<string, string>> = {
  nondeterministic: 'not deterministic, even without a fault',
  'not-run': 'could not be run',
}

/** What came of a simulation, in a few words. */
export function headlineOf({ summary, failures, causes }: SimulationData): Headline {
  const { survived, failed, unreached, flaky, skipped } = summary
  const judged = survived + failed + unreached + flaky
  const bad = failed + unreached + flaky
  const bare = failures.find(isBare)
  if (bare !== undefined || (judged === 0 && causes.length > 0)) {
    const text = BARE[bare?.reason ?? causes[0]?.reason ?? ''] ?? 'wrong without any fault'
    return { good: false, counted: false, text }
  }
  if (bad > 0) return { good: false, counted: true, text: badWords(summary, bad, judged) }
  if (failures.length > 0 || causes.length > 0)
    return { good: false, counted: true, text: 'it does not survive' }
  if (judged === 0 && (summary.shard?.elsewhere ?? 0) > 0)
    return { good: true, counted: false, text: 'no scenario of it in this shard' }
  if (judged === 0) {
    const text = summary.beyondPolicy > 0 ? 'every fault was beyond the retry policy' : 'nothing was tested'
    return { good: false, counted: false, text }
  }
  const all = skipped > 0 ? `${number(judged)} of ${plural(judged + skipped, 'scenario')}` : allOf(judged)
  return { good: true, counted: true, text: `survived ${all}` }
}

/** Neither a fault nor a payload of another release: the job is wrong as it stands. */
export function isBare({ id, faults }: ScenarioResult): boolean {
  return faults.length === 0 && !/^(?:payload|archived)\[/.test(id)
}

/** The reason of a failure, and that no fault had to strike for it. */
export function reasonOf(reason: string, told: ScenarioResult | undefined): string {
  const words = reasonWords(reason)
  return told !== undefined && isBare(told) && reason !== 'not-run' ? `${words}, without any fault` : words
}

function allOf(count: number): string {
  return count === 1 ? 'the one scenario' : `all ${plural(count, 'scenario')}`
}

function badWords({ failed, unreached, flaky }: SimulationSummary, bad: number, judged: number): string {
  const subject = `${number(bad)} of ${plural(judged, 'scenario')}`
  const one = bad === 1
  if (failed === bad) return `${subject} ${one ? 'fails' : 'fail'}`
  if (flaky === bad) return `${subject} ${one ? 'is' : 'are'} flaky`
  if (unreached === bad) return `${subject} ${one ? 'was' : 'were'} never reached`
  return `${subject} ${one ? 'does' : 'do'} not survive`
}
