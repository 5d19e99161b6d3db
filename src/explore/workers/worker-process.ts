import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { armedEnvironment } from '../../model/environment.ts'
import { LIFELINE, type WorkerArming } from '../../model/worker-log.ts'
import { killMarked } from '../../runtime/armed-worker/kill-marked.ts'
import { after } from '../../runtime/index.ts'
import type { WorkerPlan } from './options.ts'
import type { RunFolder } from './run-folder.ts'

/** What is kept of the output of the processes of one scenario. */
const outputMax = 65_536
/** How long the last output of a process that ended is waited for: what it started may hold the pipe. */
const lastOutputMs = 500

const running = new Set<WorkerProcess>()

/** When this process ends, so do they; where it is killed itself, their lifeline ends them. */
function killAll(): void {
  for (const one of running) one.kill()
}

/** One process of the worker program, in a process group of its own. */
export class WorkerProcess {
  readonly #child: ChildProcess
  readonly #log: string
  /** How it ended. */
  ended: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined
  /** Why it could not be started. */
  failed: Error | undefined
  readonly gone: Promise<void>

  constructor(
    program: WorkerPlan<unknown>['program'],
    arming: WorkerArming,
    folder: RunFolder,
    output: (text: string) => void,
  ) {
    this.#log = arming.log
    const args = [...program.nodeArgs, '--import', registerUrl(), program.file, ...program.args]
    this.#child = spawn(process.execPath, args, {
      cwd: program.cwd,
      env: armedEnvironment(arming, program.env),
      stdio: ['ignore', 'pipe', 'pipe', ...Array.from({ length: LIFELINE - 2 }, () => 'pipe' as const)],
      detached: true,
    })
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.setEncoding('utf8').on('data', output)
    this.#child.stdio[LIFELINE]!.on('error', () => {})
    if (running.size === 0) process.on('exit', killAll)
    running.add(this)
    folder.watch(this.#child.pid)
    this.gone = new Promise((resolve) => {
      const end = (): void => {
        running.delete(this)
        if (running.size === 0) process.off('exit', killAll)
        resolve()
      }
      this.#child.on('error', (error) => {
        this.failed = error
        this.ended = { code: null, signal: null }
        end()
      })
      this.#child.on('exit', (code, signal) => {
        this.ended = { code, signal }
        // What it started itself may have outlived it.
        this.#signalGroup()
        folder.watch(undefined)
        after(lastOutputMs, () => {
          for (const stream of this.#child.stdio) stream?.destroy()
        })
      })
      this.#child.on('close', end)
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** It, and what it started. */
  kill(): void {
    if (this.ended === undefined) this.#signalGroup()
  }

  async stop(): Promise<void> {
    this.kill()
    await this.gone
  }

  #signalGroup(): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
    } catch {
      // It is gone already.
    }
    killMarked(this.#log)
  }
}

/** What processes said last. */
export class Output {
  text = ''
  readonly add = (text: string): void => {
    this.text = (this.text + text).slice(-outputMax)
  }
}

/** The entry `faultline/register` beside this code: of the package as it was built, or of its source. */
function registerUrl(): string {
  const self = fileURLToPath(import.meta.url)
  const isSource = self.endsWith('.ts')
  return new URL(isSource ? '../../register.ts' : './register.js', pathToFileURL(self)).href
}
