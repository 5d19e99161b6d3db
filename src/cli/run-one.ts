import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { isSimulation, type Simulation, type SimulationReport } from '../explore/index.ts'
import { isFaultlineError } from '../model/error.ts'
import type { SimulationData } from '../model/result.ts'
import { notRun, reportFileOf, serializeReportFile } from '../report/file/index.ts'
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
    endWithParent(path.dirname(String(values.report)))
    const write = (reports: readonly SimulationData[]): void => {
      const testFile = name.replaceAll('\\', '/')
      const file = reportFileOf({ simulations: reports.map((report) => ({ report, testFile })) })
      writeFileSync(String(values.report), serializeReportFile(file))
    }
    const simulations = await simulationsOf(name, cwd, values.processes === true).catch((error: unknown) => {
      // The report tells what was thrown, and not the whole stack around it.
      const thrown = isFaultlineError(error, 'FAULTLINE_BAD_OPTION') ? (error.cause ?? error) : error
      write([notRun({ name, error: thrown, root: cwd, nowMs: Date.now() })])
      throw error
    })
    const command = `npx faultline ${values.processes === true ? 'kill' : 'run'} ${shellWord(name)}`
    const reports: SimulationData[] = []
    let code: number = exitCodes.survived
    for (const simulation of simulations) {
      const onProgress = (done: number, total: number): void =>
        void process.send?.({ simulation: simulation.name, done, total } satisfies ChildMessage)
      try {
        const report = await simulation.run({ command, onProgress })
        if (!isElsewhere(report)) reports.push(report)
      } catch (error) {
        process.stderr.write(`faultline: '${simulation.name}' could not be run: ${stackOf(error)}\n`)
        reports.push(notRun({ name: simulation.name, error, root: cwd, command, nowMs: Date.now() }))
        code = exitCodes.usedWrongly
      }
    }
    write(reports)
    // What the simulations left open (a pool, a server) keeps nobody waiting.
    process.exit(code)
  },
}

/** Nobody reads the report of a process whose parent was killed. */
function endWithParent(folder: string): void {
  process.once('disconnect', () => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(exitCodes.usedWrongly)
  })
  // It keeps this process from nothing else.
  process.channel?.unref()
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

async function simulationsOf(name: string, cwd: string, processes: boolean): Promise<readonly Simulation[]> {
  const module = await loaded(name, cwd)
  // The default export of a CommonJS module that was compiled from ESM is one level deeper.
  const given = inner(module.default)
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (list.length > 0 && list.every(isSimulation)) {
    if (processes) checkProcesses(name, list)
    return list
  }
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
    throw usedWrongly(`'${name}' throws while it is loaded: ${stackOf(error)}`, undefined, error)
  }
}

function stackOf(error: unknown): string {
  if (isFaultlineError(error)) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : `received ${String(error)}`
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
