import type { RunExtras } from '../../port.ts'
import type { BossClaim } from './boss-claim.ts'
import type { Db, JobWithMetadata } from './driver.ts'

/** What a job has where its worker does not ask for metadata. */
const minimum = [
  'id',
  'name',
  'data',
  'retryCount',
  'expireInSeconds',
  'heartbeatSeconds',
  'groupId',
  'groupTier',
] as const satisfies readonly (keyof JobWithMetadata)[]

/** Calls the application's handler as the worker of pg-boss does: with a batch of one. */
export async function runHandler(claim: BossClaim, { signal }: RunExtras, db: Db): Promise<unknown> {
  const { handler, options } = claim.registered
  const { job } = claim
  const told = options.includeMetadata
    ? { ...job }
    : Object.fromEntries(minimum.filter((name) => name in job).map((name) => [name, job[name]]))
  const jobs = [{ ...told, signal }]
  if (!options.transactional) return await handler(jobs)
  claim.transaction = await db.beginTransaction!()
  return await handler(jobs, claim.transaction.db)
}
