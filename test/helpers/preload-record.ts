/** The whole process is one delivery that is recorded: every probe speaks, nothing is injected. */
import { appendFileSync } from 'node:fs'
import { type ContextClock, execution } from '../../src/model/context.ts'
import * as runtime from '../../src/runtime/index.ts'

const mode = new runtime.RecordMode()
const clock: ContextClock = {
  nowMs: Date.now,
  setTimer: () => ({}),
  clearTimer: () => {},
  pass: async () => {},
}
const identity = { jobId: 'suite-1', name: 'suite', ordinal: 1, worker: 'worker 1' }
const delivery = new runtime.Delivery(identity, mode, clock)

runtime.installProbes((timer) => timer)
runtime.arm(mode)
runtime.switchOn()
// No async context reaches from a preload to the main module: this one is everywhere.
execution.getStore = () => ({ clock, random: Math.random, delivery })

process.on('exit', () => {
  const files = runtime.registeredFiles()
  const places = files.reduce((sum, file) => sum + file.s.length, 0)
  const counts = { files: files.length, places, recorded: mode.reached.length }
  appendFileSync(process.env.FAULTLINE_TEST_COUNTS!, `${JSON.stringify(counts)}\n`)
})
