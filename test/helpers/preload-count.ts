/** Writes down at exit what this process registered: how many files, how many places. */
import { appendFileSync } from 'node:fs'
import { registeredFiles } from '../../src/runtime/index.ts'

process.on('exit', () => {
  const files = registeredFiles()
  const places = files.reduce((sum, file) => sum + file.s.length, 0)
  const counts = { files: files.length, places, recorded: 0 }
  appendFileSync(process.env.FAULTLINE_TEST_COUNTS!, `${JSON.stringify(counts)}\n`)
})
