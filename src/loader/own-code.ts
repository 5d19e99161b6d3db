import path from 'node:path'
import { classifier, type FirstPartyOptions } from './first-party.ts'
import { matcher, slashed } from './globs.ts'
import { nearestPackage } from './package-json.ts'

/** Whether a file is the application's own, instrumented or not: a worker process has its own instance of it. */
export function ownCode(options: FirstPartyOptions): (file: string) => boolean {
  const { root, include = [] } = options
  // Neither `exclude` nor what is a test file matters to memory.
  const classify = classifier({ root, include, testFiles: [] })
  const known = new Map<string, boolean>()
  return (absolute) => {
    const file = slashed(absolute)
    let own = known.get(file)
    if (own === undefined) {
      const { scope, reason } = classify(file)
      known.set(file, (own = scope !== 'none' || reason.startsWith('build output')))
    }
    return own
  }
}

/** Which files the option `keep` names: globs and paths relative to `root`, or names of packages. */
export function keeper(keep: readonly string[], root: string): (file: string) => boolean {
  if (keep.length === 0) return () => false
  const matches = matcher(keep, slashed(root))
  const known = new Map<string, boolean>()
  return (absolute) => {
    const file = slashed(absolute)
    let kept = known.get(file)
    if (kept === undefined) {
      kept = matches(file) || keep.includes(String(nearestPackage(path.dirname(file))?.data.name))
      known.set(file, kept)
    }
    return kept
  }
}
