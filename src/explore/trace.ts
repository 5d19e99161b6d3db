import type { Point } from '../model/point.ts'
import { bad } from './bad-option.ts'
import { plainPoints, record } from './baseline.ts'
import { startMsOf } from './fresh-queues.ts'
import { noPoints } from './no-points.ts'
import { type SimulationOptions, splitArguments } from './options.ts'
import { Runner } from './run.ts'
import { withProbes } from './with-probes.ts'
import { nameOfWork, type Work } from './work.ts'

/**
 * Every point that one run without faults reaches, in order.
 *
 * @example
 * ```ts
 * const points = await trace(charge.with({ orderId: 7 }), { setup })
 * points.map((point) => point.key) // ['src/jobs/charge.ts:14', …]
 * ```
 * @throws FaultlineError `FAULTLINE_NO_POINTS`; and whatever is wrong with a run that does not complete.
 */
export async function trace<W = undefined>(work: Work, options?: SimulationOptions<W>): Promise<Point[]> {
  const { assertions, options: checked } = splitArguments<W, SimulationOptions<W>>(undefined, options)
  if (assertions !== undefined)
    throw bad('trace(work, options) judges nothing: received a function; allowed is an object of options.')
  const name = checked.name ?? nameOfWork(work)
  const nowMs = startMsOf(checked)
  const runner = new Runner({
    work,
    assertions: undefined,
    options: checked,
    name,
    seed: checked.seed ?? 1,
    nowMs,
  })
  return withProbes('trace()', async () => {
    const { end, points } = await runner.during(() => record(runner))
    if (end.finding !== undefined) throw end.finding.error
    if (points.every(({ file }) => file === undefined)) throw noPoints(runner.setup)
    return plainPoints(points)
  })
}
