import type { ScenarioResult } from '../../../model/result.ts'

/** What was injected, as the id has it: `delay:1h` says more than `delay`. */
export function faultLabels({ id, faults }: Pick<ScenarioResult, 'id' | 'faults'>): string[] {
  const parts = id.split('+')
  return faults.map(({ fault }, index) => {
    const label = parts.length === faults.length ? (parts[index]!.split('@')[0] ?? '') : ''
    return label.startsWith(fault) ? label : fault
  })
}
