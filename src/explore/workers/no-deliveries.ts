import { FaultlineError } from '../../model/error.ts'
import type { WorkerPlan } from './options.ts'
import type { ReadLog } from './read-log.ts'

/** The worker did its work, or ran out of time, and no delivery was seen: the functions that it could have been. */
export function noDeliveries<W>(
  { name, deliveries, timeoutMs }: WorkerPlan<W>,
  { called }: ReadLog,
  ranOut: boolean,
): FaultlineError {
  const named = Object.values(deliveries).map((key) => `'${key}'`)
  const hint =
    called.length === 0
      ? 'No first-party function was called at all: is the folder that the worker is started in (`cwd`) the one of its package.json? Where it runs build output, that says: "faultline": { "include": ["dist/**"] }.'
      : `Called from outside were: ${called.map((key) => `'${key}'`).join(', ')}.`
  return new FaultlineError('FAULTLINE_NO_POINTS', {
    message: `${name} reached no failure point: ${ranOut ? `within ${timeoutMs} ms (\`timeoutMs\`) ` : ''}the worker never called ${named.join(', ')}, which \`deliveries\` names.`,
    hint,
  })
}
