import { FaultlineError } from '../model/error.ts'

const REQUIRED = '22.18'

/**
 * Refuses versions of Node without `module.registerHooks` and type stripping.
 *
 * @throws FaultlineError `FAULTLINE_NODE_VERSION`
 */
export function requireNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return
  throw new FaultlineError('FAULTLINE_NODE_VERSION', {
    message: `Faultline needs Node ${REQUIRED} or newer: this is Node ${version}.`,
    hint: 'Run it with a newer Node: `npm install --save-dev node@24` puts one first in npm scripts.',
  })
}
