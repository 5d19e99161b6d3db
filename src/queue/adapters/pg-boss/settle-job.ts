import type { Ending } from '../../port.ts'
import type { BossClaim } from './boss-claim.ts'
import type { JobState } from './boss-jobs.ts'
import type { ReadyBoss } from './boss-setup.ts'
import type { JobResult, PgBoss } from './driver.ts'
import type { VirtualStatements } from './virtual-statements.ts'

/**
 * Tells pg-boss what its worker would have told it when the handler ended; how many jobs it settled. Settling is fenced,
 * as that of the worker is: an attempt that lapsed settles nothing.
 */
export async function settleJob(
  boss: PgBoss,
  statements: VirtualStatements,
  claim: BossClaim,
  ending: Ending,
): Promise<number> {
  if (ending.ok) return await completeJob(boss, statements, claim, ending.result)
  await claim.transaction?.rollback()
  return affectedBy(await boss.fail(claim.name, claim.fence, ending.error as object))
}

async function completeJob(
  boss: PgBoss,
  statements: VirtualStatements,
  claim: BossClaim,
  result: unknown,
): Promise<number> {
  const { name, fence, transaction } = claim
  const { perJobResults } = claim.registered.options
  if (perJobResults) return await settleResult(boss, statements, claim, result)
  const options = transaction === undefined ? undefined : { db: transaction.db }
  const affected = affectedBy(await boss.complete(name, fence, result as object, options))
  if (transaction === undefined) return affected
  if (affected === 0) {
    await transaction.rollback()
    await boss.fail(name, fence, lost(claim))
    return 0
  }
  await transaction.commit()
  return affected
}

/** What the supervisor of pg-boss does when it finds a job expired, at that time; the job's state, if it was that. */
export async function expireJob(
  { boss, jobs }: ReadyBoss,
  statements: VirtualStatements,
  { id, name, fence }: BossClaim,
  nowMs: number,
): Promise<JobState | undefined> {
  const error = new Error('job timed out')
  const affected = affectedBy(await statements.with({ nowMs }, () => boss.fail(name, fence, error)))
  return affected === 0 ? undefined : await jobs.stateOf(name, id)
}

/** `perJobResults`: the handler says itself what becomes of its jobs. */
async function settleResult(
  boss: PgBoss,
  statements: VirtualStatements,
  { name, id, fence }: BossClaim,
  results: unknown,
): Promise<number> {
  const isList = Array.isArray(results)
  const result = isList ? (results as JobResult[]).findLast((one) => one?.id === id) : undefined
  if (result?.status === 'completed') {
    return affectedBy(await boss.complete(name, fence, result.output as object))
  }
  const wrong = isList
    ? 'no disposition returned by handler'
    : 'perJobResults handler must resolve with an array of job results'
  const output =
    result?.status === 'failed' || result?.status === 'deadletter' ? result.output : new Error(wrong)
  const fail = () => boss.fail(name, fence, output as object)
  return affectedBy(
    await (result?.status === 'deadletter' ? statements.with({ terminal: true }, fail) : fail()),
  )
}

function lost({ id }: BossClaim): Error {
  return new Error(
    `${id} was no longer claimed by this worker when the handler returned, so the transaction was rolled back.`,
  )
}

/** How many jobs a command settled: pg-boss returns it, and its types do not say so. */
function affectedBy(response: object): number {
  return (response as { affected: number }).affected
}
