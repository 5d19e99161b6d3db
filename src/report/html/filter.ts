import type { ScenarioResult } from '../../model/result.ts'
import { siteOf } from '../place.ts'
import type { Mark } from '../verdicts.ts'

/** What of a simulation is shown; empty members show all. */
export interface Filter {
  readonly text: string
  readonly faults: readonly string[]
  readonly marks: readonly Mark[]
  readonly file: string
}

export const NO_FILTER: Filter = { text: '', faults: [], marks: [], file: '' }

/** The mark of an outcome. */
export function markOf(outcome: string): Mark {
  if (outcome === 'survived' || outcome === 'failed') return outcome
  return outcome === 'beyond-policy' ? 'none' : 'unsure'
}

/** Whether the filter lets a scenario through; `words` are what its text is searched in. */
export function lets(filter: Filter, scenario: ScenarioResult, words: string): boolean {
  const { faults, marks, file, text } = filter
  if (marks.length > 0 && !marks.includes(markOf(scenario.outcome))) return false
  if (faults.length > 0 && !scenario.faults.some(({ fault }) => faults.includes(fault))) return false
  if (file !== '' && !scenario.faults.some(({ point }) => siteOf(point).file === file)) return false
  return contains(words, text)
}

/** Whether each word of the search is in the text, whatever its case. */
export function contains(text: string, search: string): boolean {
  const low = text.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => low.includes(word))
}
