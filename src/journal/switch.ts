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
