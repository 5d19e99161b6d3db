import { Bounded } from './bounded.ts'
import { countByPreemptions, countSchedules, inGroups } from './count.ts'
import { pct, pctProbability } from './pct.ts'
import { randomly } from './random.ts'
import type { Chooser, Course, Decisions, Guarantee, Strategy } from './strategy.ts'

/** A part of a search that draws its schedules. */
interface Draws {
  readonly kind: 'pct' | 'random'
  readonly depth: number
  readonly runs: number
}

/** What a search may do. */
export interface SearchPlan {
  /** Schedules with so many preemptions at most. */
  readonly preemptions: number
  /** A bound is only begun where all of it fits into the budget. */
  readonly wholeBounds: boolean
  /** Where a schedule fails, those with more preemptions are not run. */
  readonly stopsAtFailure: boolean
  /** Then these. */
  draws(left: number): readonly Draws[]
}

/** First the schedules with few preemptions, bound by bound; then drawn ones. */
export class Search implements Strategy {
  readonly #plan: SearchPlan
  readonly #course: Course
  readonly #bounded = new Bounded()
  /** How many of each number of preemptions have run. */
  readonly #ran: number[] = []
  readonly #counts: Counts
  #count = 0
  #failedAt: number | undefined
  #draws: Draws[] | undefined
  #drawn = 0
  readonly #done: { readonly draws: Draws; runs: number }[] = []

  constructor(plan: SearchPlan, course: Course) {
    this.#plan = plan
    this.#course = course
    this.#counts = upTo(course.steps, course.budget)
  }

  next(): Chooser | undefined {
    if (this.#count >= this.#course.budget || this.#isStopped) return undefined
    this.#count++
    return this.#draws === undefined ? (this.#nextBounded() ?? this.#draw()) : this.#draw()
  }

  learn(decisions: Decisions, failed: boolean): void {
    const isDrawn = this.#draws !== undefined
    if (failed) this.#failedAt ??= isDrawn ? Number.POSITIVE_INFINITY : this.#bounded.preemptions
    if (isDrawn) return
    const level = this.#bounded.preemptions
    this.#ran[level] = (this.#ran[level] ?? 0) + 1
    this.#bounded.learn(decisions, this.#plan.preemptions)
  }

  /** Bounds up to this one are complete; -1: none is. */
  get #complete(): number {
    const next = this.#bounded.nextPreemptions
    return next === undefined ? Number.POSITIVE_INFINITY : next - 1
  }

  get #isStopped(): boolean {
    if (!this.#plan.stopsAtFailure || this.#failedAt === undefined) return false
    return this.#complete >= this.#failedAt
  }

  #nextBounded(): Chooser | undefined {
    const level = this.#bounded.nextPreemptions
    if (level === undefined) return undefined
    // The very first one runs always: the works as they are listed.
    const isBegun = (this.#ran[level] ?? 0) > (level === 0 ? 1 : 0) || this.#count === 1
    if (this.#plan.wholeBounds && !isBegun && !this.#fits(level)) return undefined
    return this.#bounded.next()
  }

  /** Whether all of a bound fits into the budget, if it has as many schedules for each one counted as those below it. */
  #fits(level: number): boolean {
    const count = countAt(this.#counts, level)
    if (count === undefined || level === 0) return count !== undefined && count <= this.#course.budget
    const ran = this.#ran.reduce((sum, one) => sum + one, 0)
    return (count * ran) / countAt(this.#counts, level - 1)! <= this.#course.budget
  }

  #draw(): Chooser | undefined {
    this.#draws ??= [...this.#plan.draws(this.#course.budget - this.#count + 1)]
    let draws = this.#draws[0]
    if (draws !== undefined && this.#drawn >= draws.runs) {
      this.#draws.shift()
      this.#drawn = 0
      draws = this.#draws[0]
    }
    if (draws === undefined || (this.#complete === Number.POSITIVE_INFINITY && this.#isAll)) return undefined
    const { steps, seed } = this.#course
    const run = this.#drawn++
    if (run === 0) this.#done.push({ draws, runs: 0 })
    this.#done.at(-1)!.runs++
    if (draws.kind === 'random') return randomly(seed, run)
    return pct({ depth: draws.depth, works: steps.length, steps: sum(steps), seed, run })
  }

  /** Nothing was left out because of its preemptions. */
  get #isAll(): boolean {
    return this.#bounded.nextPreemptions === undefined && !this.#bounded.leftOut
  }

  get guarantee(): Guarantee {
    const { steps } = this.#course
    const total = countSchedules(steps)
    const ran = this.#ran.reduce((count, level) => count + level, 0)
    const parts: string[] = []
    const exhaustive = this.#isAll && this.#bounded.diverged === 0
    if (exhaustive) {
      const differs = total === BigInt(ran) ? '' : ` (${inGroups(total)} by the steps of the works in series)`
      parts.push(`all ${inGroups(ran)} schedules${differs}`)
    } else {
      const complete = Math.min(this.#complete, this.#plan.preemptions)
      const upTo = this.#ran.slice(0, complete + 1).reduce((count, level) => count + level, 0)
      const ofAll = BigInt(upTo) > total ? 'schedules' : `of ${inGroups(total)}`
      if (complete === Number.POSITIVE_INFINITY) parts.push(`${inGroups(upTo)} ${ofAll}`)
      else if (complete >= 0) parts.push(`complete to ${plural(complete)} (${inGroups(upTo)} ${ofAll})`)
      const more = ran - upTo
      if (more > 0)
        parts.push(
          complete < 0 ? `${inGroups(more)} of the orders` : `${inGroups(more)} schedules beyond that`,
        )
    }
    for (const { draws, runs } of this.#done) parts.push(inWords(draws, runs, steps))
    if (this.#isStopped && !exhaustive) parts.push('stopped where schedules failed')
    if (this.#bounded.diverged > 0)
      parts.push(`${inGroups(this.#bounded.diverged)} schedules could not be followed`)
    return { text: parts.join('; '), exhaustive }
  }
}

/** How many schedules have at most 0, 1, … preemptions. */
interface Counts {
  readonly sums: readonly number[]
  /** With still more preemptions there are none. */
  readonly isAll: boolean
}

/** As far as they stay within the budget. */
function upTo(steps: readonly number[], budget: number): Counts {
  for (let bound = 4; ; bound *= 2) {
    let total = 0n
    const sums = countByPreemptions(steps, bound).map((count) => Number((total += count)))
    const isAll = total === countSchedules(steps)
    if (isAll || total > BigInt(budget)) return { sums, isAll }
  }
}

function countAt({ sums, isAll }: Counts, level: number): number | undefined {
  return sums[level] ?? (isAll ? sums.at(-1) : undefined)
}

function inWords({ kind, depth }: Draws, runs: number, steps: readonly number[]): string {
  if (kind === 'random') return `${inGroups(runs)} random schedules`
  const probability = pctProbability({ depth, works: steps.length, steps: sum(steps) }, runs)
  const percent = Math.min(99.9, Math.floor(probability * 1000) / 10)
  return `PCT depth ${depth}, ${inGroups(runs)} runs: finds any depth-${depth} bug with probability ≥ ${percent} %`
}

function plural(preemptions: number): string {
  return `${preemptions} preemption${preemptions === 1 ? '' : 's'}`
}

function sum(steps: readonly number[]): number {
  return steps.reduce((total, count) => total + count, 0)
}
