import type { FaultName, ScenarioResult, SimulationData } from '../../../model/result.ts'
import type { RaceEntry, ReportFile, SimulationEntry } from '../../file/report-file.ts'
import { restoredSimulation } from '../../file/restore.ts'
import { type Headline, headlineOf } from '../../headline.ts'
import { location, type Surroundings, surroundingsOf } from '../../place.ts'
import { highlighted, type Token } from '../highlight.ts'
import { faultsOf, type LineMarks, lineMarksOf } from '../line-marks.ts'
import { slugs } from '../route.ts'

/** A simulation, and what the page asks about it; costly answers are made when they are first asked for. */
export class Sim {
  readonly slug: string
  readonly entry: SimulationEntry
  readonly data: SimulationData
  readonly headline: Headline
  readonly startMs: number
  readonly byId: ReadonlyMap<string, ScenarioResult>
  /** Which finding, 1-based, a scenario belongs to. */
  readonly causeOf: ReadonlyMap<string, number>
  #marks: LineMarks | undefined
  #faults: FaultName[] | undefined
  #around: Surroundings | undefined
  #words: string[] | undefined

  constructor(entry: SimulationEntry, slug: string) {
    this.slug = slug
    this.entry = entry
    this.data = restoredSimulation(entry)
    this.headline = headlineOf(this.data)
    this.startMs = Date.parse(entry.summary.now)
    this.byId = new Map(this.data.scenarios.map((scenario) => [scenario.id, scenario]))
    this.causeOf = new Map(
      this.data.causes.flatMap(({ scenarios }, index) => scenarios.map((id) => [id, index + 1] as const)),
    )
  }

  get marks(): LineMarks {
    return (this.#marks ??= lineMarksOf(this.data))
  }

  get faults(): readonly FaultName[] {
    return (this.#faults ??= faultsOf(this.data))
  }

  get around(): Surroundings {
    return (this.#around ??= surroundingsOf(this.data.points))
  }

  /** Files in which something struck or is to blame, those to blame first. */
  get files(): string[] {
    const blamed = new Set<string>()
    for (const [file, lines] of this.marks)
      for (const families of lines.values())
        for (const { mark } of families.values()) if (mark === 'failed') blamed.add(file)
    for (const { blame } of this.data.failures) if (blame !== undefined) blamed.add(blame.file)
    return [...new Set([...this.marks.keys(), ...blamed])].sort(
      (a, b) => Number(blamed.has(b)) - Number(blamed.has(a)) || (a < b ? -1 : 1),
    )
  }

  /** What a search looks in, by position. */
  get words(): readonly string[] {
    return (this.#words ??= this.data.scenarios.map(({ id, outcome, reason, error, faults }) =>
      [id, outcome, reason, error?.message, ...faults.map(({ point }) => location(point))].join(' '),
    ))
  }
}

/** A race with its name in addresses. */
export interface Race {
  readonly slug: string
  readonly entry: RaceEntry
}

/** All that the page shows. */
export interface Report {
  readonly file: ReportFile
  readonly sims: readonly Sim[]
  readonly races: readonly Race[]
  readonly lines: (file: string) => readonly Token[][] | undefined
}

/** The report that is embedded in the page. */
export function reportOf(file: ReportFile): Report {
  const simSlugs = slugs(file.simulations.map(({ name }) => name))
  const raceSlugs = slugs(file.races.map(({ name }) => name))
  const known = new Map<string, Token[][]>()
  return {
    file,
    sims: file.simulations.map((entry, index) => new Sim(entry, simSlugs[index]!)),
    races: file.races.map((entry, index) => ({ entry, slug: raceSlugs[index]! })),
    lines(name) {
      const text = Object.hasOwn(file.sources, name) ? file.sources[name] : undefined
      if (text === undefined) return undefined
      const made = known.get(name) ?? highlighted(text)
      known.set(name, made)
      return made
    },
  }
}
