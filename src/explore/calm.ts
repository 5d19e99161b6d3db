import { type Delivery, eventLoopTurn, realNowMs } from '../runtime/index.ts'

/** Turns of the event loop that floating promises get to show themselves. */
const turns = 3
/** Real time that I/O which the run left behind gets to come back. */
const ioMs = 150
/** No turn counts for more: on a busy machine this process, and the I/O with it, stands still in between. */
const turnMsMax = 5

/**
 * Waits until nothing of a run is left to run, as far as can be told cheaply: rejections have been reported, and
 * virtual timers that were left behind have fired, always or never.
 */
export async function calm(
  deliveries: readonly Delivery[],
  resourcesBefore: readonly string[],
  clock: { readonly willFire: boolean },
): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await eventLoopTurn()
  let leftMs = ioMs
  const isBusy = (): boolean => clock.willFire || hasMore(process.getActiveResourcesInfo(), resourcesBefore)
  while (isBusy() && leftMs > 0) {
    if (deliveries.some((delivery) => delivery.late !== undefined)) return
    const startedMs = realNowMs()
    await eventLoopTurn()
    leftMs -= Math.min(realNowMs() - startedMs, turnMsMax)
  }
}

/** Whether there are more of one kind than before: what ended meanwhile, of another kind, makes up for nothing. */
function hasMore(now: readonly string[], before: readonly string[]): boolean {
  const count = (all: readonly string[], kind: string): number => all.filter((one) => one === kind).length
  return [...new Set(now)].some((kind) => count(now, kind) > count(before, kind))
}
