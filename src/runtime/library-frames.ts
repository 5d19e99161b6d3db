import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { registeredFiles } from './arming.ts'
import type { FileRecord } from './shared.ts'

const framesMax = 200
/** Of this package: the folder of its source, or of what was built from it. */
const here = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '.', import.meta.url))

/**
 * The file of the library that a first-party function was called back by, where the code that runs now was reached
 * through one: what is thrown here unwinds it, as far as V8's async stack traces can tell.
 */
export function libraryOnStack(): string | undefined {
  const files = stackFiles()
  const own = new Set(registeredFiles().map(pathOf))
  const first = files.findIndex((file) => own.has(file))
  if (first < 0) return undefined
  // Below that the engine is, which called the job, and whoever called the engine.
  const engine = files.findIndex((file, at) => at > first && file.startsWith(here))
  const job = files.slice(first, engine < 0 ? undefined : engine)
  const last = job.findLastIndex((file) => own.has(file))
  return job.slice(0, last).find((file) => !own.has(file))
}

/** Of code that was loaded from files, Node's own left out. */
function stackFiles(): string[] {
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = framesMax
    Error.prepareStackTrace = (_, sites) => sites
    const sites = new Error().stack as unknown as NodeJS.CallSite[]
    return sites.flatMap((site) => plainFile(site.getFileName()))
  } finally {
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** Each crash asks for the same few. */
const paths = new WeakMap<FileRecord, string>()
const plainFiles = new Map<string, string[]>()

function pathOf(file: FileRecord): string {
  let known = paths.get(file)
  if (known === undefined) paths.set(file, (known = path.resolve(file.root, file.path)))
  return known
}

function plainFile(name: string | null | undefined): string[] {
  if (name == null || name.startsWith('node:')) return []
  let known = plainFiles.get(name)
  if (known === undefined) plainFiles.set(name, (known = toPlainFile(name)))
  return known
}

function toPlainFile(name: string): string[] {
  const file = name.replace(/\?.*$/, '')
  if (file.startsWith('file:')) return [fileURLToPath(file)]
  return path.isAbsolute(file) ? [path.normalize(file)] : []
}
