#!/usr/bin/env node
import { requireNode } from './loader/node-version.ts'
/**
 * The program `faultline`: `npx faultline --help`.
 *
 * @module
 */
import { isFaultlineError } from './model/error.ts'

// Whoever reads the output may have enough of it (`| head`): the verdict and the report stay.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  requireNode()
} catch (error) {
  process.stderr.write(`faultline: ${isFaultlineError(error) ? error.message : String(error)}\n`)
  process.exit(2)
}
// Only now: older versions of Node cannot even link the rest.
const { main } = await import('./cli/main.ts')
process.exitCode = await main(process.argv.slice(2), import.meta.url)
