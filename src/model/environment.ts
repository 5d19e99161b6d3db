import { FaultlineError } from './error.ts'
import type { WorkerArming } from './worker-log.ts'

/** What Faultline takes from the environment of the process. */
export interface Environment {
  /** `FAULTLINE_REPLAY`: the token of the one scenario to run again. */
  readonly replay?: string
  /** `FAULTLINE_SHARD=2/4`: the second of four parts; `index` is 1-based. */
  readonly shard?: { readonly index: number; readonly count: number }
  /** `FAULTLINE_LOADER`: what instruments the code of this process; set by Faultline's Vite plugin, not by hand. */
  readonly loader?: LoaderState
  /** `CI`, unless it is empty, `0` or `false`. */
  readonly ci: boolean
  /** `FAULTLINE_UPDATE`, unless it is empty, `0` or `false`; or Vitest runs with `-u`, or `node --test` with `--test-update-snapshots`. */
  readonly update: boolean
  /** `GITHUB_ACTIONS=true`. */
  readonly githubActions: boolean
  /** `GITHUB_STEP_SUMMARY`: the file that takes Markdown for the page of the job. */
  readonly githubStepSummary?: string
  /** `GITHUB_WORKSPACE`: the root of the repository. */
  readonly githubWorkspace?: string
  /** `NO_COLOR`, unless it is empty. */
  readonly noColor: boolean
  /** `TERM=dumb`: the terminal cannot rewrite a line. */
  readonly dumbTerminal: boolean
  /** `NODE_TEST_CONTEXT`: this process was started by `node --test` to run one test file. */
  readonly nodeTestChild: boolean
}

/** What instruments the code of a process, and with which options. */
export interface LoaderState {
  readonly kind: 'vite' | 'node'
  /** Absolute, with `/`. */
  readonly root: string
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** Globs of the test runner's own files. */
  readonly testFiles: readonly string[]
}

/** The name under which the Vite plugin tells the test workers what it does. */
export const LOADER_VARIABLE = 'FAULTLINE_LOADER'

/**
 * Reads the environment anew. This is the only file that reads environment variables.
 *
 * @throws FaultlineError `FAULTLINE_BAD_OPTION` where `FAULTLINE_SHARD` is no part such as `2/4`.
 * @example
 * ```ts
 * if (environment().replay !== undefined) …
 * ```
 */
export function environment(): Environment {
  const { env } = process
  const shard = shardOf(env.FAULTLINE_SHARD)
  const loader = loaderOf(env[LOADER_VARIABLE])
  return {
    ...(env.FAULTLINE_REPLAY ? { replay: env.FAULTLINE_REPLAY } : {}),
    ...(shard === undefined ? {} : { shard }),
    ...(loader === undefined ? {} : { loader }),
    ...(env.GITHUB_STEP_SUMMARY ? { githubStepSummary: env.GITHUB_STEP_SUMMARY } : {}),
    ...(env.GITHUB_WORKSPACE ? { githubWorkspace: env.GITHUB_WORKSPACE } : {}),
    ci: isSet(env.CI),
    update: isSet(env.FAULTLINE_UPDATE) || vitestUpdates() || nodeUpdates(),
    githubActions: env.GITHUB_ACTIONS === 'true',
    noColor: (env.NO_COLOR ?? '') !== '',
    dumbTerminal: env.TERM === 'dumb',
    nodeTestChild: env.NODE_TEST_CONTEXT !== undefined,
  }
}

/** The name under which a worker process is told where to die. */
const ARMING_VARIABLE = 'FAULTLINE_ARMED_WORKER'
/** By which a worker and all that it starts are known. */
const MARK_VARIABLE = 'FAULTLINE_WORKER_LOG'

/** How the environment of a worker with this log reads, and that of what it starts. */
export function workerMark(log: string): string {
  return `${MARK_VARIABLE}=${log}`
}

/** The environment of a worker process that is to be traced or killed: this one's, the user's own, and how. */
export function armedEnvironment(
  arming: WorkerArming,
  own: Readonly<Record<string, string | undefined>> = {},
): NodeJS.ProcessEnv {
  return childEnvironment({
    ...own,
    [ARMING_VARIABLE]: JSON.stringify(arming),
    [MARK_VARIABLE]: arming.log,
    [LOADER_VARIABLE]: undefined,
  })
}

/** How this process is armed, once: what it starts itself is not. */
export function takeArming(): WorkerArming | undefined {
  const text = process.env[ARMING_VARIABLE]
  delete process.env[ARMING_VARIABLE]
  return text === undefined ? undefined : (JSON.parse(text) as WorkerArming)
}

/** The environment of a child process: this one's, with changes; `undefined` takes a variable away. */
export function childEnvironment(changes: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return { ...process.env, ...changes }
}

function isSet(text = ''): boolean {
  return !['', '0', 'false'].includes(text)
}

/** `node --test` hands its flags on to the process of each test file. */
function nodeUpdates(): boolean {
  return process.execArgv.includes('--test-update-snapshots')
}

/** A test worker of Vitest does not see the command line, only what came of it. */
function vitestUpdates(): boolean {
  const { __vitest_worker__: worker } = globalThis as {
    __vitest_worker__?: { config?: { snapshotOptions?: { updateSnapshot?: string } } }
  }
  return worker?.config?.snapshotOptions?.updateSnapshot === 'all'
}

function shardOf(text: string | undefined): Environment['shard'] {
  if (text === undefined || text === '') return undefined
  const [index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number)
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { index, count }
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `FAULTLINE_SHARD is no part of a whole: received '${text}'; allowed is i/n with 1 ≤ i ≤ n, such as '2/4'.`,
  })
}

function loaderOf(text: string | undefined): LoaderState | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return JSON.parse(text) as LoaderState
  } catch (cause) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `${LOADER_VARIABLE} cannot be read: received '${text}'.`,
      hint: "Faultline's Vite plugin sets it for its test workers; do not set it by hand.",
      cause,
    })
  }
}
