import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { isSimulation, type Simulation, type SimulationReport } from '../explore/index.ts'
import { isFaultlineError } from '../model/error.ts'
import { reportFileOf, serializeReportFile } from '../report/file/index.ts'
import { shellWord } from '../report/replay.ts'
import { type Command, exitCodes } from './command.ts'
import { usedWrongly } from './used-wrongly.ts'

/** What a child of `faultline run` tells its parent. */
export interface ChildMessage {
  readonly simulation: string
  readonly done: number
  readonly total: number
}

/** What `faultline run` starts in a process of its own, with the code instrumented: one file. */
export const runOne: Command = {
  name: 'run-one',
  takes: '<file>',
  about: 'One file of `faultline run`, in this process',
  teaches: 'Started by `faultline run`.',
  hidden: true,
  options: {
    report: { type: 'string', value: 'file', about: 'where the report goes' },
    processes: { type: 'boolean', about: 'the file is one for `faultline kill`' },
  },
  async run({ positionals, values, cwd }): Promise<never> {
    const name = positionals[0]!
    const simulations = await simulationsOf(name, cwd)
    if (values.processes === true) checkProcesses(name, simulations)
    const command = `npx faultline ${values.processes === true ? 'kill' : 'run'} ${shellWord(name)}`
    const reports: SimulationReport[] = []
    for (const simulation of simulations) {
      const onProgress = (done: number, total: number): void =>
        void process.send?.({ simulation: simulation.name, done, total } satisfies ChildMessage)
      const report = await simulation.run({ command, onProgress })
      if (!isElsewhere(report)) reports.push(report)
    }
    const testFile = name.replaceAll('\\', '/')
    const file = reportFileOf({ simulations: reports.map((report) => ({ report, testFile })) })
    writeFileSync(String(values.report), serializeReportFile(file))
    // What the simulations left open (a pool, a server) keeps nobody waiting.
    process.exit(exitCodes.survived)
  },
}

/** What runs in one process kills none. */
function checkProcesses(name: string, simulations: readonly Simulation[]): void {
  const other = simulations.find(({ processes }) => processes !== true)
  if (other === undefined) return
  throw usedWrongly(
    `'${name}' names no worker program: received a defineSimulation('${other.name}', …); allowed is a default export of one defineWorkers(…), or of a list of them.`,
    `It runs with: faultline run ${name}`,
  )
}

/** FAULTLINE_REPLAY replays another simulation. */
function isElsewhere({ scenarios, summary }: SimulationReport): boolean {
  return scenarios.length === 0 && summary.notCovered.replay !== undefined
}

async function simulationsOf(name: string, cwd: string): Promise<readonly Simulation[]> {
  const module = await loaded(name, cwd)
  // The default export of a CommonJS module that was compiled from ESM is one level deeper.
  const given = inner(module.default)
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (list.length > 0 && list.every(isSimulation)) return list
  const received = given === undefined ? 'no default export' : describe(list)
  throw usedWrongly(
    `'${name}' is no simulation file: received ${received}; allowed is a default export of one defineSimulation(…), or of a list of them.`,
    "export default defineSimulation('charge', charge.with({ orderId: 7 }), assertions, { setup })",
  )
}

async function loaded(name: string, cwd: string): Promise<{ default?: unknown }> {
  try {
    return (await import(pathToFileURL(path.resolve(cwd, name)).href)) as { default?: unknown }
  } catch (error) {
    if (isFaultlineError(error)) throw error
    const told = error instanceof Error ? (error.stack ?? error.message) : `received ${String(error)}`
    throw usedWrongly(`'${name}' throws while it is loaded: ${told}`)
  }
}

function inner(value: unknown): unknown {
  const isNested = typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value
  return isNested ? value.default : value
}

function describe(list: readonly unknown[]): string {
  if (list.length === 0) return 'an empty list'
  const other = list.find((item) => !isSimulation(item))
  return `${list.length > 1 ? 'a list with ' : ''}${other === null ? 'null' : `${typeof other}`}`
}
