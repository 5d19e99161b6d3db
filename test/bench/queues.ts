/**
 * Milliseconds per delivery on each queue, in the same run: driven by its adapter, beside the library's own calls made
 * by hand, one job at a time until there is none, and beside the library's own worker with a concurrency of 1, which
 * does not wait between jobs. All three are timed from the first call to the empty queue, and no poll for more is in it.
 *
 * Rounds take turns. Times are the best of all rounds; `×` compares those, `median ×` is the median of the rounds, each
 * compared with its neighbour: what a busy machine adds is in both.
 *
 *   node test/bench/queues.ts [jobs in a round] [rounds]
 */
import { performAll } from '../../src/index.ts'
import type { BenchQueue, StartedBench } from './queues/bench-queue.ts'
import { bullmqPostgres, bullmqRedis } from './queues/bullmq.ts'
import { graphileWorker } from './queues/graphile-worker.ts'
import { pgBoss } from './queues/pg-boss.ts'

const queues: readonly BenchQueue[] = [bullmqRedis, bullmqPostgres, pgBoss, graphileWorker]
const [jobs = 100, rounds = 25] = process.argv.slice(2).map(Number)

async function timedMs(started: StartedBench, perform: () => Promise<unknown>): Promise<number> {
  await started.adapter.clear()
  await started.add(jobs)
  const startMs = performance.now()
  await perform()
  return (performance.now() - startMs) / jobs
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

console.log('queue               by hand    driven     ×  median ×    worker     ×  median ×')
for (const queue of queues) {
  const started = await queue.start()
  const measured: Record<'bare' | 'driven' | 'worker', number[]> = { bare: [], driven: [], worker: [] }
  try {
    for (let round = 0; round <= rounds; round++) {
      const bare = await timedMs(started, () => started.bare())
      const driven = await timedMs(started, () => performAll(started.adapter))
      const worker = started.worker === undefined ? Number.NaN : await timedMs(started, started.worker)
      if (round === 0) continue
      measured.bare.push(bare)
      measured.driven.push(driven)
      measured.worker.push(worker)
    }
  } finally {
    await started.stop()
  }
  const best = (which: keyof typeof measured): number => Math.min(...measured[which])
  const ms = (value: number): string => (Number.isNaN(value) ? '–' : `${value.toFixed(3)} ms`).padStart(9)
  const times = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(2)).padStart(5)
  const beside = (other: 'bare' | 'worker'): string => {
    const ratios = measured.driven.map((drivenMs, round) => drivenMs / measured[other][round]!)
    return `${times(best('driven') / best(other))}     ${times(medianOf(ratios))}`
  }
  console.log(
    `${queue.name.padEnd(18)} ${ms(best('bare'))} ${ms(best('driven'))} ${beside('bare')} ${ms(best('worker'))} ${beside('worker')}`,
  )
}
