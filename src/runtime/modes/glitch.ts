import type { Place } from '../../model/point.ts'
import type { Activation, CodePlace } from '../activation.ts'
import type { Delivery } from '../delivery.ts'
import type { Mode, Strike } from '../mode.ts'
import { isNamed, loopsOf, memoryOf, placesOf } from '../places.ts'
import type { FileRecord } from '../shared.ts'

/** A place that is described rather than known: what the `glitch…` makers make. */
export interface Search extends Strike {
  /** Whether a place is meant. */
  matches(place: Place): boolean
  /** Strike at the next point of the same activation of the function instead. */
  readonly after: boolean
  /** 1-based; counted over the delivery in the order of arrival. */
  readonly hit: number
  /** Which delivery of a job; any, where absent. */
  readonly attempt?: number
  readonly args?: (args: unknown[], delivery: Delivery) => boolean
  readonly returns?: (value: unknown, delivery: Delivery) => boolean
  /** Strikes by holding an await; see `Target.holdAwait`. */
  holdAwait?(delivery: Delivery, awaited: unknown): unknown
  /** After it has struck, it strikes whenever the job comes there again. */
  readonly permanent?: boolean
  fired: boolean
  /** The place, once found. */
  found?: {
    readonly file: FileRecord
    readonly index: number
    readonly delivery: Delivery
    readonly activation: Activation
  }
}

interface Passed {
  readonly search: Search
  readonly activation: Activation
  readonly function: string
}

/** Looks for described places and strikes there; what `runScenario` uses, without a recorded run. */
export class GlitchMode implements Mode {
  readonly name = 'glitch'
  readonly returns = 'settled'
  readonly searches: readonly Search[]
  readonly unsure: CodePlace[] = []
  /** The files in which a job reached code that uses module variables, by its id. */
  readonly memory: Map<string, Set<FileRecord>> = new Map()
  readonly #hits = new Map<string, number>()
  readonly #passed: Passed[] = []

  constructor(searches: readonly Search[]) {
    this.searches = searches
  }

  arm(file: FileRecord): void {
    const places = placesOf(file)
    const after = this.searches.some((search) => search.after)
    const memory = memoryOf(file)
    places.forEach((place, index) => {
      if (after || memory[index] === 1 || this.searches.some((search) => search.matches(place)))
        file.s[index] = 1
    })
  }

  reach(
    delivery: Delivery,
    file: FileRecord,
    index: number,
    activation: Activation,
    args?: unknown[],
    value?: unknown,
  ): Strike | undefined {
    const place = placesOf(file)[index]!
    if (memoryOf(file)[index] === 1) this.#usesMemory(delivery, file)
    const due = this.#due(activation, place)
    if (due !== undefined) return this.#fire(due, delivery, file, index, activation)
    for (const search of this.searches) {
      if (search.fired || !search.matches(place) || holds(search, file, index)) continue
      if (search.attempt !== undefined && search.attempt !== delivery.identity.ordinal) continue
      if (search.args !== undefined && !(args !== undefined && search.args(args, delivery))) continue
      if (search.returns !== undefined && !search.returns(value, delivery)) continue
      if (this.#count(search, delivery) !== search.hit) continue
      if (!search.after) return this.#fire(search, delivery, file, index, activation)
      this.#passed.push({ search, activation, function: place.function })
    }
    return this.searches.find((search) => strikesAgain(search, delivery, file, index))
  }

  hold(
    delivery: Delivery,
    file: FileRecord,
    index: number,
    activation: Activation,
    awaited: unknown,
  ): unknown {
    const place = placesOf(file)[index]!
    const due = this.#due(activation, place, true)
    if (due !== undefined) {
      this.#fire(due, delivery, file, index, activation)
      return due.holdAwait!(delivery, awaited)
    }
    for (const search of this.searches) {
      if (search.fired || !search.matches(place) || !holds(search, file, index)) continue
      if (search.attempt !== undefined && search.attempt !== delivery.identity.ordinal) continue
      if (this.#count(search, delivery) !== search.hit) continue
      this.#fire(search, delivery, file, index, activation)
      return search.holdAwait!(delivery, awaited)
    }
    return awaited
  }

  #usesMemory({ identity: { jobId } }: Delivery, file: FileRecord): void {
    this.memory.set(jobId, (this.memory.get(jobId) ?? new Set()).add(file))
  }

  /** What was to strike at the next point of this activation: it is this one. */
  #due(activation: Activation, place: Place, holding = false): Search | undefined {
    const due = this.#passed.findIndex(
      (passed) => passed.activation === activation && passed.function === place.function,
    )
    const search = this.#passed[due]?.search
    if (search === undefined || (holding && search.holdAwait === undefined)) return undefined
    this.#passed.splice(due, 1)
    return search
  }

  #count(search: Search, delivery: Delivery): number {
    const key = `${this.searches.indexOf(search)}/${delivery.identity.jobId}/${delivery.identity.ordinal}`
    const hit = (this.#hits.get(key) ?? 0) + 1
    this.#hits.set(key, hit)
    return hit
  }

  #fire(search: Search, delivery: Delivery, file: FileRecord, index: number, activation: Activation): Strike {
    search.fired = true
    search.found = { file, index, delivery, activation }
    return search
  }
}

/** It is permanent and struck this place before; the hook of a dead job is spared. */
function strikesAgain(
  { permanent, found }: Search,
  { identity }: Delivery,
  file: FileRecord,
  index: number,
): boolean {
  if (permanent !== true || found === undefined || found.file !== file || found.index !== index) return false
  return found.delivery.identity.jobId === identity.jobId && identity.part !== 'dead'
}

/** At an await, what takes its time strikes by holding it; in a loop over values, it holds the loop's body. */
function holds(search: Search, file: FileRecord, index: number): boolean {
  if (search.holdAwait === undefined || search.after || loopsOf(file)[index] !== 0) return false
  return isNamed(placesOf(file)[index]!, 'await')
}
