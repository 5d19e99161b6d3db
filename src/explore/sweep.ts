import type { QueueAdapter } from '../queue/port.ts'
import { after } from '../runtime/index.ts'

/** Real time that it may take: a server that is gone or silent was told of already. */
const limitMs = 5_000

/** The jobs of the last run go as those of all others did; that this fails is no verdict on the work. */
export async function sweep(queue: unknown): Promise<void> {
  const swept = (queue as Partial<QueueAdapter> | undefined)?.sweep?.()
  if (swept === undefined) return
  const late = Promise.withResolvers<void>()
  const cancel = after(limitMs, late.resolve)
  await Promise.race([swept.catch(() => undefined), late.promise])
  cancel()
}
