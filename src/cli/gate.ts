import { restoredSimulation } from '../report/file/index.ts'
import { judge } from '../report/gate.ts'
import { type Command, exitCodes } from './command.ts'
import { readReport } from './report-path.ts'
import { usedWrongly } from './used-wrongly.ts'

/** `faultline gate`. */
export const gate: Command = {
  name: 'gate',
  takes: '[report.json] --min 100',
  about: 'Fails where too few scenarios survived, and names the lines to blame',
  teaches: `
Reads .faultline/report.json, which the Vitest reporter and \`faultline run\` write, unless another file is named.
Nothing is rounded: 99.9 % is below 100. Whatever the minimum, it fails where no scenario was run, where a simulation
could not be run (its set-up threw, its file could not be loaded), and where a job is wrong without any fault.

Example, the last step of a CI job:
  npx faultline gate --min 100

Exit codes: 0 at least that much survived, 1 less did, 2 there is no report that can be read, or shards are missing.
`,
  options: {
    min: { type: 'string', value: '100', about: 'the percentage that has to survive; default 100' },
    partial: { type: 'boolean', about: 'judge a report that lacks shards' },
  },
  run({ positionals, values, cwd, print }) {
    if (positionals.length > 1)
      throw usedWrongly(
        `gate takes one report: received ${positionals.length}.`,
        'Make one of them first: faultline merge shard-*.json --out .faultline/report.json',
      )
    const min = minimum(values.min)
    const file = readReport(positionals[0], cwd)
    const simulations = file.simulations.map((entry) => restoredSimulation(entry))
    const { passed, whole, lines } = judge({ simulations, races: file.races }, min)
    print(lines.join('\n'))
    if (passed && !whole && values.partial !== true)
      throw usedWrongly(
        'The report lacks shards: what they ran is not known to survive.',
        'Merge the reports of all shards first, or judge this part alone with --partial.',
      )
    return passed ? exitCodes.survived : exitCodes.notResilient
  },
}

function minimum(given: string | boolean | undefined): number {
  if (given === undefined) return 100
  const min = Number(given)
  if (typeof given === 'string' && given.trim() !== '' && min >= 0 && min <= 100) return min
  throw usedWrongly(`--min is no percentage: received '${given}'; allowed is a number from 0 to 100.`)
}
