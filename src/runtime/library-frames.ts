import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { registeredFiles } from './arming.ts'

const framesMax = 200

/**
 * The file of the library that a first-party function was called back by, where the code that runs now was reached
 * through one: what is thrown here unwinds it, as far as V8's async stack traces can tell.
 */
export function libraryOnStack(): string | undefined {
  const files = stackFiles()
  const own = new Set(registeredFiles().map((file) => path.resolve(file.root, file.path)))
  const isOwn = files.map((file) => own.has(file))
  const [first, last] = [isOwn.indexOf(true), isOwn.lastIndexOf(true)]
  if (first < 0) return undefined
  return files.slice(first, last).find((_, at) => !isOwn[first + at])
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

function plainFile(name: string | null | undefined): string[] {
  if (name == null || name.startsWith('node:')) return []
  const file = name.replace(/\?.*$/, '')
  if (file.startsWith('file:')) return [fileURLToPath(file)]
  return path.isAbsolute(file) ? [path.normalize(file)] : []
}
