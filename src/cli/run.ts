import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { environment } from '../model/environment.ts'
import {
  mergeReportFiles,
  type ReportFile,
  restoredSimulation,
  restoredSources,
  serializeReportFile,
} from '../report/file/index.ts'
import { headlineOf } from '../report/headline.ts'
import { progressLine } from '../report/progress.ts'
import { renderTerminal } from '../report/terminal.ts'
import { plural } from '../report/words.ts'
import { type ChildEnd, type ChildHost, type ChildTask, startChild } from './child.ts'
import { type Command, type CommandInput, exitCodes } from './command.ts'
import { onEndBySignal } from './end-by-signal.ts'
import { REPORT_FOLDER } from './report-path.ts'
import { usedWrongly } from './used-wrongly.ts'
import { writeOut } from './write-out.ts'

/** `faultline run`. */
export const run: Command = {
  name: 'run',
  takes: '<file>…',
  about: 'Runs simulation files without a test runner',
  teaches: `
A simulation file has a default export: a defineSimulation(…), or a list of them. Each file runs in a process of its
own, instrumented as by \`node --import faultline/register\`. The report is written to .faultline/report.json.

With --workers, files run side by side, and where there are more workers than files, the scenarios of a file are split.
Each worker is a process: what must not be shared, such as a database, is told apart by FAULTLINE_WORKER (1, 2 …).

Example:
  // simulations/charge.ts
  export default defineSimulation('charge', charge.with({ orderId: 7 }), assertions, { setup })

  npx faultline run simulations/charge.ts
  npx faultline run simulations/*.ts --workers 4
  npx faultline run simulations/charge.ts --replay 'charge: crash@src/jobs/charge.ts:14 (seed 1, …)'

Exit codes: 0 everything survived, 1 something did not, 2 something could not be run: the report says so.
`,
  options: {
    replay: {
      type: 'string',
      value: 'token',
      about: 'run only the scenario that a report printed this token for',
    },
    workers: { type: 'string', value: 'N', about: 'processes at a time; default 1' },
    out: { type: 'string', value: 'dir', about: 'where report.json goes; default .faultline' },
  },
  run: (input) => runFiles(input),
}

/** All simulations of the files; with `processes`, those of `faultline kill`. */
export async function runFiles(input: CommandInput, processes = false): Promise<number> {
  const { positionals: files, values, cwd, entry, print } = input
  const name = processes ? 'kill' : 'run'
  if (files.length === 0)
    throw usedWrongly(
      `${name} needs a simulation file: received none.`,
      `faultline ${name} simulations/charge.ts`,
    )
  const missing = files.find((file) => !existsSync(path.resolve(cwd, file)))
  if (missing !== undefined) throw usedWrongly(`There is no file '${missing}'.`)
  const folderOfThem = files.find((file) => statSync(path.resolve(cwd, file)).isDirectory())
  if (folderOfThem !== undefined)
    throw usedWrongly(
      `'${folderOfThem}' is a folder: allowed are files.`,
      `faultline ${name} ${folderOfThem}/*.ts`,
    )
  const workers = workersOf(values.workers)
  const replay = typeof values.replay === 'string' ? values.replay : undefined
  const folder = mkdtempSync(path.join(tmpdir(), 'faultline-run-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const forget = onEndBySignal(remove)
  try {
    const host = { entry, cwd, folder, replay, processes }
    const ends = await runAll(tasksOf(files, workers, replay), workers, host, print)
    return conclude(ends, { out: path.resolve(cwd, String(values.out ?? REPORT_FOLDER)), replay, print })
  } finally {
    forget()
    remove()
  }
}

function workersOf(given: string | boolean | undefined): number {
  if (given === undefined) return 1
  const workers = Number(given)
  if (Number.isInteger(workers) && workers >= 1 && workers <= 256) return workers
  throw usedWrongly(`--workers: received '${given}'; allowed is a whole number from 1 to 256.`)
}

/** Each file once; its scenarios in shards, where workers would be idle and nothing else splits them. */
function tasksOf(
  files: readonly string[],
  workers: number,
  replay: string | undefined,
): Omit<ChildTask, 'worker'>[] {
  const whole = replay !== undefined || environment().shard !== undefined
  const shards = whole ? 1 : Math.max(1, Math.floor(workers / files.length))
  return files.flatMap((file) =>
    Array.from({ length: shards }, (_, index) =>
      shards === 1 ? { file } : { file, shard: `${index + 1}/${shards}` },
    ),
  )
}

/** All tasks, as many at a time as there are workers; the report of a file is printed when all of it ended. */
async function runAll(
  tasks: readonly Omit<ChildTask, 'worker'>[],
  workers: number,
  host: Omit<ChildHost, 'onProgress'>,
  print: (text: string) => void,
): Promise<ChildEnd[]> {
  const ends: ChildEnd[] = []
  const waiting = [...tasks]
  const left = new Map<string, ReportFile[]>()
  const open = Map.groupBy(tasks, ({ file }) => file)
  const progress = new Map<string, { done: number; total: number }>()
  const line = progressLine()
  const onProgress: ChildHost['onProgress'] = ({ file, shard }, { simulation, done, total }) => {
    progress.set(`${file} ${shard} ${simulation}`, { done, total })
    const all = [...progress.values()]
    line.update(
      all.reduce((sum, one) => sum + one.done, 0),
      all.reduce((sum, one) => sum + one.total, 0),
      simulation,
    )
  }
  const work = async (worker: number): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const task = { ...next, worker }
      const end = await startChild(task, { ...host, onProgress })
      ends.push(end)
      if (end.silent !== undefined) {
        line.done()
        process.stderr.write(`faultline: the process of '${task.file}' ${end.silent}.\n`)
      }
      const parts = left.get(task.file) ?? []
      left.set(task.file, parts)
      parts.push(end.report)
      const rest = open.get(task.file)!
      rest.pop()
      if (rest.length > 0) continue
      line.done()
      printReport(mergeReportFiles(parts), print)
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, index) => work(index + 1)))
  line.done()
  return ends
}

function printReport(file: ReportFile, print: (text: string) => void): void {
  const readSource = restoredSources(file)
  for (const entry of file.simulations)
    print(`${renderTerminal(restoredSimulation(entry), { readSource })}\n`)
}

interface Conclusion {
  readonly out: string
  readonly replay: string | undefined
  readonly print: (text: string) => void
}

function conclude(ends: readonly ChildEnd[], { out, replay, print }: Conclusion): number {
  const whole = mergeReportFiles(ends.map(({ report }) => report))
  if (replay !== undefined && whole.simulations.length === 0)
    throw usedWrongly(
      `No simulation of these files is the one that the token replays: received '${replay}'.`,
      'The token begins with the name of its simulation.',
    )
  const file = path.join(out, 'report.json')
  // A replay is a look at one scenario, and not the state of the whole.
  if (replay === undefined) writeOut(file, serializeReportFile(whole))
  const verdicts = whole.simulations.map((entry) => headlineOf(restoredSimulation(entry)).good)
  const good = verdicts.filter(Boolean).length
  const text = `${good} of ${plural(verdicts.length, 'simulation')} survived`
  print(replay === undefined ? `${text}; the report is in ${path.relative(process.cwd(), file)}` : text)
  if (ends.some(({ code }) => code === exitCodes.usedWrongly)) return exitCodes.usedWrongly
  return good === verdicts.length ? exitCodes.survived : exitCodes.notResilient
}
