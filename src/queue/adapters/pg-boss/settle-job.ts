import type { BossClaim } from './boss-claim.ts'
import type { JobResult, PgBoss } from './driver.ts'
import type { VirtualStatements } from './virtual-statements.ts'

/**
 * Tells pg-boss what its worker would have told it when the handler returned; how many jobs it settled. Settling is
 * fenced, as that of the worker is: an attempt that lapsed settles nothing.
 */
export async function completeJob(
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

/** The handler threw, or its time was up. */
export async function failJob(boss: PgBoss, claim: BossClaim, error: unknown): Promise<number> {
  await claim.transaction?.rollback()
  return affectedBy(await boss.fail(claim.name, claim.fence, error as object))
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
