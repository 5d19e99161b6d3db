/**
 * Milliseconds per delivery on each queue: driven by its adapter, beside the library's own calls made by hand, one job
 * at a time, in the same run. Rounds of both take turns, and the best of each counts: what a noisy machine adds is not theirs.
 * `worker` is the library's own worker, which fetches the next job with the end of the one before: no tool that has
 * to stop between two deliveries can do that.
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

async function timedMs(started: StartedBench, perform: (jobs: number) => Promise<unknown>): Promise<number> {
  await started.adapter.clear()
  await started.add(jobs)
  const startMs = performance.now()
  await perform(jobs)
  return (performance.now() - startMs) / jobs
}

console.log('queue               by hand    driven     ×     worker     ×')
for (const queue of queues) {
  const started = await queue.start()
  const measured: Record<'bare' | 'driven' | 'worker', number[]> = { bare: [], driven: [], worker: [] }
  try {
    for (let round = 0; round <= rounds; round++) {
      const bare = await timedMs(started, (count) => started.bare(count))
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
  const [bare, driven, worker] = [measured.bare, measured.driven, measured.worker].map((ms) =>
    Math.min(...ms),
  ) as [number, number, number]
  const ms = (value: number): string => (Number.isNaN(value) ? '–' : `${value.toFixed(3)} ms`).padStart(9)
  const times = (other: number): string =>
    (Number.isNaN(other) ? '–' : (driven / other).toFixed(2)).padStart(5)
  console.log(
    `${queue.name.padEnd(18)} ${ms(bare)} ${ms(driven)} ${times(bare)}  ${ms(worker)} ${times(worker)}`,
  )
}
