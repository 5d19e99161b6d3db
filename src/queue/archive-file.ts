import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { FaultlineError } from '../model/error.ts'
import { shapeOf } from './payload-shape.ts'

/** One example of each shape, by shape. */
export type Examples = Record<string, unknown>

/** By the name of the job. */
export type Archived = Record<string, Examples>

const version = 1
const format = 'faultline payload archive'

/** What an archive holds; nothing, where there is no such file yet. */
export function readArchive(file: string): Archived {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw unreadable(file, `it cannot be read: ${(cause as Error).message}`, cause)
  }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (cause) {
    throw unreadable(file, `it is no JSON: ${(cause as Error).message}`, cause)
  }
  if (!isObject(content) || content.format !== format)
    throw unreadable(file, `its \`format\` is not '${format}'`)
  if (typeof content.version === 'number' && content.version > version) {
    throw new FaultlineError('FAULTLINE_ARCHIVE', {
      message: `The payload archive ${file} has version ${content.version}; this Faultline reads version ${version}. It was left as it is.`,
      hint: 'A newer Faultline wrote it. Update Faultline here.',
    })
  }
  if (content.version !== version) throw unreadable(file, `its \`version\` is not ${version}`)
  return checkedJobs(file, content.jobs)
}

function checkedJobs(file: string, jobs: unknown): Archived {
  if (!isObject(jobs)) throw unreadable(file, 'its `jobs` are no object')
  for (const [name, examples] of Object.entries(jobs)) {
    if (!isObject(examples)) throw unreadable(file, `its job '${name}' is no object`)
    for (const [shape, example] of Object.entries(examples)) {
      const actual = shapeOf(example)
      if (actual !== shape)
        throw unreadable(file, `of job '${name}', the example of ${shape} has the shape ${actual}`)
    }
  }
  return jobs as Archived
}

/** Writes the whole, sorted: beside the file first, then in its place, so that it is never half there. */
export function writeArchive(file: string, archived: Archived): void {
  const jobs = sorted(archived, (examples) => sorted(examples, (example) => example))
  const beside = `${file}.${process.pid}.tmp`
  mkdirSync(dirname(file), { recursive: true })
  try {
    writeFileSync(beside, `${JSON.stringify({ format, version, jobs }, undefined, 2)}\n`)
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

function sorted<T, U>(record: Record<string, T>, value: (of: T) => U): Record<string, U> {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, of]) => [key, value(of)]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unreadable(file: string, why: string, cause?: unknown): FaultlineError {
  return new FaultlineError('FAULTLINE_ARCHIVE', {
    message: `The payload archive ${file} is corrupt: ${why}. It was left as it is.`,
    hint: 'Restore it from version control; it is written by archivePayloads(job, file) and is not edited by hand.',
    ...(cause === undefined ? undefined : { cause }),
  })
}
