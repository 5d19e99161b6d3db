import { seededRandom } from '../../clock/index.ts'
import type { Chooser } from './strategy.ts'

/** What probabilistic concurrency testing goes by. */
export interface PctOptions {
  readonly depth: number
  /** Works that race. */
  readonly works: number
  /** Steps of all of them together. */
  readonly steps: number
  readonly seed: number
  /** Which run of that depth: each has a stream of its own. */
  readonly run: number
}

/**
 * Random priorities, and depth - 1 random steps at which the one that runs falls behind all others: finds a bug of that
 * depth with a probability of at least 1/(n·k^(d-1)) a run.
 */
export function pct({ depth, works, steps, seed, run }: PctOptions): Chooser {
  const random = seededRandom(`${seed}/pct/${depth}/${run}`)
  const order = shuffled(works, random)
  const priorities = order.map((position) => depth + position)
  const changes = new Map<number, number>()
  for (let change = 1; change < depth; change++) {
    const free = Math.max(1, steps - 1 - changes.size)
    let at = 1 + Math.floor(random() * free)
    while (changes.has(at)) at++
    changes.set(at, change)
  }
  let last = -1
  return (_ready, _running, step, free) => {
    const change = changes.get(step)
    if (change !== undefined && last >= 0) priorities[last] = change
    let best = -1
    for (let index = 0; index < works; index++) {
      if (free & (1 << index) && (best < 0 || priorities[index]! > priorities[best]!)) best = index
    }
    last = best
    return best
  }
}

/** With what probability at least one of the runs finds a bug of that depth. */
export function pctProbability(options: Pick<PctOptions, 'depth' | 'works' | 'steps'>, runs: number): number {
  const { depth, works, steps } = options
  return 1 - (1 - 1 / (works * steps ** (depth - 1))) ** runs
}

function shuffled(count: number, random: () => number): number[] {
  const items = Array.from({ length: count }, (_, index) => index)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[items[i], items[j]] = [items[j]!, items[i]!]
  }
  return items
}
