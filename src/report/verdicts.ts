import type { FaultName, Outcome, SimulationData } from '../model/result.ts'
import { inSource, siteOf } from './place.ts'

/** What the scenarios say about one line. */
export type Mark = 'survived' | 'failed' | 'unsure' | 'none'

/** The verdict of one line. */
export interface LineVerdict {
  readonly mark: Mark
  /** The faults that failed here, or that stayed unsure where none failed. */
  readonly faults: readonly FaultName[]
  /** 1-based numbers of the findings that blame this line. */
  readonly findings: readonly number[]
}

/** The sign of a mark in the gutter. */
export const SIGNS: Record<Mark, string> = { survived: '✓', failed: '✗', unsure: '~', none: '·' }

/** Verdicts by line. */
export type FileVerdicts = ReadonlyMap<number, LineVerdict>

const MARKS: Record<Outcome, Mark> = {
  survived: 'survived',
  failed: 'failed',
  unreached: 'unsure',
  flaky: 'unsure',
  'beyond-policy': 'none',
}
const WEIGHT: Record<Mark, number> = { none: 0, survived: 1, unsure: 2, failed: 3 }

interface Tally {
  mark: Mark
  faults: Set<FaultName>
  findings: Set<number>
}

/** The verdicts of all lines, by file. */
export function verdictsOf(data: SimulationData): ReadonlyMap<string, FileVerdicts> {
  const own = new Map<string, Map<number, Tally>>()
  const inherited = new Map<string, Map<number, Tally>>()
  const findings = findingNumbers(data)
  for (const scenario of data.scenarios) {
    const mark = MARKS[scenario.outcome]
    if (mark === 'none') continue
    const finding = findings.get(scenario.id)
    for (const { fault, point } of scenario.faults) {
      const site = siteOf(point)
      if (!inSource(site)) continue
      add(own, site.file, site.line, mark, fault, finding)
      for (const name of point.also) add(inherited, site.file, name.line, mark, fault, undefined)
      if (site.line !== point.line) add(inherited, site.file, point.line, mark, fault, undefined)
    }
  }
  for (const [file, lines] of inherited) {
    const known = own.get(file)
    // A line may have no point but the end of the line above it; what fails there is blamed once, above.
    for (const [line, tally] of lines)
      if (tally.mark === 'survived' && known?.has(line) === false) known.set(line, tally)
  }
  return new Map([...own].map(([file, lines]) => [file, settled(lines)]))
}

function settled(lines: Map<number, Tally>): FileVerdicts {
  return new Map(
    [...lines].map(([line, { mark, faults, findings }]) => [
      line,
      { mark, faults: [...faults], findings: [...findings].sort((a, b) => a - b) },
    ]),
  )
}

/** Which finding, 1-based, a scenario belongs to. */
function findingNumbers(data: SimulationData): Map<string, number> {
  const numbers = new Map<string, number>()
  data.causes.forEach((cause, index) => {
    for (const id of cause.scenarios) if (!numbers.has(id)) numbers.set(id, index + 1)
  })
  return numbers
}

function add(
  files: Map<string, Map<number, Tally>>,
  file: string,
  line: number,
  mark: Mark,
  fault: FaultName,
  finding: number | undefined,
): void {
  let lines = files.get(file)
  if (lines === undefined) files.set(file, (lines = new Map()))
  let tally = lines.get(line)
  if (tally === undefined) lines.set(line, (tally = { mark: 'none', faults: new Set(), findings: new Set() }))
  if (finding !== undefined) tally.findings.add(finding)
  if (WEIGHT[mark] < WEIGHT[tally.mark]) return
  if (WEIGHT[mark] > WEIGHT[tally.mark]) {
    tally.mark = mark
    tally.faults.clear()
  }
  if (mark !== 'survived') tally.faults.add(fault)
}
