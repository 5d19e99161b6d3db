/**
 * Scenarios per second, and what a whole simulation costs in bare runs: total ÷ ((scenarios + 1) × one bare run).
 * A bare run enqueues and performs the uninstrumented job as a test does: memoryQueue(), enqueue, performAll; a
 * scenario is a run that is cut and a whole one, so the floor is about 1.5. A simulation patches the globals once and
 * performAll each time; `loop` is a bare run without that.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { installVirtualGlobals } from '../../src/clock/index.ts'
import {
  type Assertions,
  defineJob,
  type FaultName,
  memoryQueue,
  performAll,
  simulate,
} from '../../src/index.ts'
import { transform } from '../../src/transform/transform.ts'

type Perform = (effects: number[]) => unknown
const sizes = [10, 50, 200, 800]
const families: FaultName[] = ['error', 'crash']
const styles = {
  sync: (line: number) => `  effects.push(${line})`,
  async: (line: number) => `  await push(effects, ${line})`,
}

function sourceOf(lines: number, style: keyof typeof styles): string {
  const body = Array.from({ length: lines }, (_, index) => styles[style](index)).join('\n')
  return `const push = async (effects, line) => { effects.push(line) } /* faultline ignore file: never */\nexport async function perform(effects) {\n${body}\n}\n`.replace(
    ' /* faultline ignore file: never */',
    '',
  )
}

async function load(folder: string, name: string, code: string): Promise<Perform> {
  const file = join(folder, `${name}.mjs`)
  await writeFile(file, code)
  return (await import(pathToFileURL(file).href)).perform
}

/** Milliseconds of one bare run: the best of several batches. */
async function bareMs(perform: Perform, batches = 7): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  const job = defineJob({ name: 'bench', perform: () => perform([]) })
  for (let batch = 0; batch < batches; batch++) {
    const runs = 400
    const startMs = performance.now()
    for (let run = 0; run < runs; run++) {
      const queue = memoryQueue()
      await queue.enqueue(job, null)
      await performAll(queue)
    }
    best = Math.min(best, (performance.now() - startMs) / runs)
  }
  return best
}

/** The same within one installation of the virtual globals: what is left is the queue's and the job's own time. */
async function loopMs(perform: Perform): Promise<number> {
  const uninstall = installVirtualGlobals()
  try {
    return await bareMs(perform)
  } finally {
    uninstall()
  }
}

async function simulatedMs(
  perform: Perform,
  faults: FaultName[],
): Promise<{ ms: number; scenarios: number }> {
  let best = Number.POSITIVE_INFINITY
  let scenarios = 0
  const assertions: Assertions<undefined> = ({ result }) => result === undefined
  const job = defineJob({ name: 'bench', perform: () => perform([]) })
  for (let round = 0; round < 5; round++) {
    const startMs = performance.now()
    const report = await simulate(job.with(null), assertions, { faults })
    best = Math.min(best, performance.now() - startMs)
    if (report.summary.survived !== report.summary.scenarios) throw new Error(String(report))
    scenarios = report.summary.scenarios
  }
  return { ms: best, scenarios }
}

const folder = await mkdtemp(join(tmpdir(), 'faultline-bench-'))
const rows = []
try {
  for (const style of Object.keys(styles) as (keyof typeof styles)[]) {
    for (const lines of sizes) {
      const source = sourceOf(lines, style)
      const bare = await load(folder, `bare-${style}-${lines}`, source)
      const file = `bench/${style}-${lines}.mjs`
      const instrumented = await load(
        folder,
        `${style}-${lines}`,
        transform(source, { file, root: folder })!.code,
      )
      for (const family of families) {
        const one = await bareMs(bare)
        const within = await loopMs(bare)
        const { ms, scenarios } = await simulatedMs(instrumented, [family])
        rows.push({
          lines: `${lines} ${style}`,
          fault: family,
          scenarios,
          'bare run µs': Number((one * 1000).toFixed(1)),
          'scenario µs': Number(((ms / scenarios) * 1000).toFixed(1)),
          'scenarios/s': Math.round((scenarios / ms) * 1000),
          ratio: Number((ms / ((scenarios + 1) * one)).toFixed(2)),
          'loop µs': Number((within * 1000).toFixed(1)),
          'ratio to loop': Number((ms / ((scenarios + 1) * within)).toFixed(2)),
        })
      }
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.table(rows)
