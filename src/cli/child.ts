import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { childEnvironment } from '../model/environment.ts'
import { notRun, parseReportFile, type ReportFile, reportFileOf } from '../report/file/index.ts'
import { exitCodes } from './command.ts'
import type { ChildMessage } from './run-one.ts'

/** One process that runs one file, or a part of its scenarios. */
export interface ChildTask {
  readonly file: string
  /** `2/4`, where several share the file. */
  readonly shard?: string
  /** 1-based: what must not be shared (a database) can be told apart by it. */
  readonly worker: number
}

/** What a child left behind. */
export interface ChildEnd {
  readonly code: number
  /** Also of what could not be run. */
  readonly report: ReportFile
  /** How the process ended, where it could not say itself why there is no report. */
  readonly silent?: string
}

/** Where and with what children are started. */
export interface ChildHost {
  /** The URL of the program. */
  readonly entry: string
  readonly cwd: string
  readonly folder: string
  readonly replay: string | undefined
  /** `faultline kill`: the file's simulations are with real processes. */
  readonly processes?: boolean
  readonly onProgress: (task: ChildTask, message: ChildMessage) => void
}

/** Runs a task in a process of its own, in which first-party code is instrumented. */
export function startChild(task: ChildTask, host: ChildHost): Promise<ChildEnd> {
  const program = fileURLToPath(host.entry)
  const register = path.join(path.dirname(program), `register${path.extname(program)}`)
  // Of its own: what another one left must not pass for its report.
  const report = path.join(host.folder, `${randomUUID()}.json`)
  const args = ['run-one', task.file, '--report', report, ...(host.processes ? ['--processes'] : [])]
  const child = spawn(
    process.execPath,
    [...process.execArgv, '--import', importable(register), program, ...args],
    { cwd: host.cwd, env: environmentOf(task, host), stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  )
  child.on('message', (message) => host.onProgress(task, message as ChildMessage))
  const end = (): void => void child.kill('SIGTERM')
  process.once('exit', end)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      process.off('exit', end)
      const left = reportIn(report)
      if (left !== undefined) {
        resolve({ code: code ?? exitCodes.usedWrongly, report: left })
        return
      }
      const how = signal === null ? `with exit code ${code}` : `by ${signal}`
      const silent = `ended ${how} before its report was written`
      resolve({ code: exitCodes.usedWrongly, report: lost(task, host.cwd, `Its process ${silent}.`), silent })
    })
  })
}

/** The report of a process that left none. */
function lost({ file }: ChildTask, cwd: string, message: string): ReportFile {
  const report = notRun({ name: file, error: new Error(message), root: cwd, nowMs: Date.now() })
  return reportFileOf({ simulations: [{ report, testFile: file.replaceAll('\\', '/') }] })
}

function environmentOf({ shard, worker }: ChildTask, { replay }: ChildHost): NodeJS.ProcessEnv {
  return childEnvironment({
    FAULTLINE_WORKER: String(worker),
    ...(shard === undefined ? undefined : { FAULTLINE_SHARD: shard }),
    ...(replay === undefined ? undefined : { FAULTLINE_REPLAY: replay }),
    // The parent draws the line of progress: several would overwrite each other.
    TERM: 'dumb',
  })
}

function reportIn(file: string): ReportFile | undefined {
  try {
    return parseReportFile(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** `--import` takes a path of this system only where it does not begin with a drive. */
function importable(file: string): string {
  return pathToFileURL(file).href
}
