import { FaultlineError } from '../../../model/error.ts'

/** What a statement of graphile-worker's worker is for. */
export type StatementKind = 'takeLocksAway' | 'getJob' | 'completeJob' | 'settle' | 'other'

/** `complete_job` of a job that is in no queue. */
const completion = /^delete from \S+_private_jobs as jobs\s+where id = \$1::bigint\s*$/
/** `complete_job` and `fail_job`. */
const settling = /\bdelete from \S+_private_jobs\b|\blast_error\s*=/

// Statements are long, few, and the same all the time.
const kinds: Map<string, StatementKind> = new Map()
const kindsMax = 1_000
const gets: Map<string, Map<string, string>> = new Map()
const both: Map<string, string> = new Map()

/** SQL about jobs that have the time of the server. */
export interface ForeignSql {
  /** A condition on the job `jobs`, where `$3` is the virtual now. */
  readonly isForeign: string
  /** Whether there are such among the tasks that are `$2`. */
  readonly areForeign: string
  /** The last id that was given to a job. */
  readonly lastId: string
}

/** What {@link getNextJob} returns beside the job: the last id that was given to one. */
export const lastIdColumn = 'faultline_last_id'

/** What a statement is for. */
export function kindOf(text: string): StatementKind {
  let kind = kinds.get(text)
  if (kind === undefined) {
    if (kinds.size >= kindsMax) kinds.clear()
    kinds.set(text, (kind = readKind(text)))
  }
  return kind
}

function readKind(text: string): StatementKind {
  if (text.includes('locked_at <')) return 'takeLocksAway'
  if (text.includes('attempts = jobs.attempts + 1')) return 'getJob'
  if (completion.test(text)) return 'completeJob'
  return settling.test(text) ? 'settle' : 'other'
}

/**
 * `get_job` of whichever is next; where a job is foreign, it gets none. Of equals, it takes the one that was added first.
 * All jobs are looked at only if some were added since the id that is that parameter; otherwise the one that it takes is.
 */
export function getNextJob(
  text: string,
  { isForeign, areForeign, lastId }: ForeignSql,
  parameter: number,
): string {
  return remembered(text, areForeign, () =>
    rewritten(text, [
      [/^with j as \(/, 'with first as ('],
      ['jobs.run_at, jobs.id', `jobs.run_at, jobs.id, ${isForeign} as is_foreign`],
      [
        'where jobs.is_available = true',
        // As a select of its own it is asked once, and not for each job.
        `where not (select ${lastId} is distinct from $${parameter}::bigint and ${areForeign}) and jobs.is_available = true`,
      ],
      ['order by priority asc, run_at asc', 'order by priority asc, run_at asc, jobs.id asc'],
      [
        /limit 1\s+for update\s+skip locked\s*\)/,
        'limit 1 for update skip locked), j as (select job_queue_id, priority, run_at, id from first where not is_foreign)',
      ],
      [/returning \*\s*$/, `returning *, ${lastId} as ${lastIdColumn}`],
    ]),
  )
}

/** `get_job` of the job whose id is that parameter. */
export function getOneJob(text: string, parameter: number): string {
  const condition = `jobs.id = $${parameter}::bigint`
  return remembered(text, condition, () =>
    rewritten(text, [['where jobs.is_available = true', `where ${condition} and jobs.is_available = true`]]),
  )
}

function remembered(text: string, how: string, rewrite: () => string): string {
  let own = gets.get(how)
  if (own === undefined) gets.set(how, (own = new Map()))
  let made = own.get(text)
  if (made === undefined) own.set(text, (made = rewrite()))
  return made
}

function rewritten(text: string, changes: readonly (readonly [from: string | RegExp, to: string])[]): string {
  return changes.reduce((sql, [from, to]) => {
    const changed = sql.replace(from, () => to)
    if (changed !== sql) return changed
    throw new FaultlineError('FAULTLINE_INTERNAL', {
      message: `This version of graphile-worker gets jobs in a way that is not known: no ${from} in its statement.`,
    })
  }, text)
}

/** One statement that completes a job, whose id is that parameter, and gets the next one. */
export function completeAndGet(complete: string, get: string, parameter: number): string {
  let text = both.get(get)
  if (text === undefined) {
    text = get.replace(/^with /, () => `with done as (${complete.replace('$1', `$${parameter}`)}), `)
    both.set(get, text)
  }
  return text
}
