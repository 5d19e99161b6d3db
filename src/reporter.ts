/**
 * Vitest's reporter: `reporters: ['default', 'faultline/vitest/reporter']`.
 *
 * @module
 */
export { FaultlineReporter as default } from './vitest/reporter.ts'
export type { FaultlineReporterOptions } from './vitest/reporter-options.ts'
