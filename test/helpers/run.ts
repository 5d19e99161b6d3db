import { spawn } from 'node:child_process'
import path from 'node:path'
import { REPOSITORY } from './source-alias.ts'

/** How a started program ended. */
export interface Finished {
  code: number | null
  stdout: string
  stderr: string
  /** Both, in the order in which they came. */
  output: string
}

export interface RunOptions {
  cwd?: string
  env?: Record<string, string | undefined>
  timeoutMs?: number
}

/** Variables of the runner of these very tests that would change what a started runner does. */
const INHERITED = [
  'NODE_OPTIONS',
  'NODE_TEST_CONTEXT',
  'NODE_V8_COVERAGE',
  'VITEST',
  'VITEST_MODE',
  'TEST',
  'FORCE_COLOR',
  'FAULTLINE_LOADER',
]

/** Runs a program to its end, without colours, with Node as this process has it. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<Finished> {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', ...options.env }
  for (const name of INHERITED) if (options.env?.[name] === undefined) delete env[name]
  return new Promise((resolve, reject) => {
    const timeout = options.timeoutMs ?? 110_000
    const child = spawn(command, args, { cwd: options.cwd, env, timeout, stdio: ['ignore', 'pipe', 'pipe'] })
    const result = { stdout: '', stderr: '', output: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        result[name] += chunk
        result.output += chunk
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...result }))
  })
}

/** Runs Node itself. */
export function nodeTool(args: string[], options?: RunOptions): Promise<Finished> {
  return run(process.execPath, args, options)
}

/** Runs Vitest's command line. */
export function vitest(args: string[], options?: RunOptions): Promise<Finished> {
  return nodeTool([path.join(REPOSITORY, 'node_modules/vitest/vitest.mjs'), ...args], options)
}
