import { FaultlineError } from '../model/error.ts'

/** See {@link createSwitch}. */
export interface Switch {
  on(): void
  off(): void
  readonly isOn: boolean
  readonly isOff: boolean
}

/**
 * A switch for tests: a fake service that can be turned off and on again.
 *
 * @example
 * ```ts
 * const mailServer = createSwitch(true)
 * const send = () => { if (mailServer.isOff) throw new Error('ECONNREFUSED') }
 * mailServer.off()
 * ```
 */
export function createSwitch(initial = false): Switch {
  if (typeof initial !== 'boolean') {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `createSwitch(initial) takes true or false: received ${String(initial)}.`,
    })
  }
  let isOn = initial
  return {
    on() {
      isOn = true
    },
    off() {
      isOn = false
    },
    get isOn() {
      return isOn
    },
    get isOff() {
      return !isOn
    },
  }
}
