#!/usr/bin/env node
/**
 * The program `faultline`: `npx faultline --help`.
 *
 * @module
 */
import { main } from './cli/main.ts'

process.exitCode = await main(process.argv.slice(2), import.meta.url)
