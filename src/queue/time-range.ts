import { FaultlineError } from '../model/error.ts'

/** The last point in time that a Date can be, in milliseconds since the epoch. */
export const timeMaxMs = 8.64e15

/**
 * A point in time, or a duration, in milliseconds, if a Date can be that late.
 *
 * @throws FAULTLINE_BAD_TIME; `what` names the option, `received` is what its author wrote.
 */
export function checkRange(ms: number, received: number | string, what: string): number {
  if (ms <= timeMaxMs) return ms
  throw new FaultlineError('FAULTLINE_BAD_TIME', {
    message:
      `${what} is no time: received ${typeof received === 'string' ? `'${received}'` : received}; ` +
      `allowed is what ends within the range of Date, by ${new Date(timeMaxMs).toISOString()}.`,
  })
}
