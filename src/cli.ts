#!/usr/bin/env node
/**
 * The program `faultline`: `npx faultline --help`.
 *
 * @module
 */
import { main } from './cli/main.ts'

// Whoever reads the output may have enough of it (`| head`): the verdict and the report stay.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await main(process.argv.slice(2), import.meta.url)
