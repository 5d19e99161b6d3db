import { type FileRecord, registeredFiles } from '../runtime/index.ts'

/**
 * What comments leave out of the files that the baseline touched, and of those of which they leave nothing: no run
 * can touch these, so whether the job uses them is not known.
 */
export function ignoredInWords(touched: ReadonlySet<FileRecord>): Record<string, string> {
  let count = 0
  for (const file of registeredFiles()) {
    if (touched.has(file) || file.table === '[]') count += file.ignored ?? 0
  }
  if (count === 0) return {}
  const what =
    count === 1
      ? 'function or statement that a comment leaves'
      : 'functions and statements that comments leave'
  return { ignored: `${count} ${what} out` }
}
