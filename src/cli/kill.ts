import type { Command } from './command.ts'
import { run, runFiles } from './run.ts'

/** `faultline kill`. */
export const kill: Command = {
  ...run,
  name: 'kill',
  about: 'The same with real processes: SIGKILL or SIGTERM at each point',
  teaches: `
The default export of a file is a defineWorkers(…) of faultline/workers, or a list of them: it names your own worker
program. That is started, killed exactly at a point, and started again; the assertions run once the queue is idle. Then
the next point. Time is real: give the worker short lock times. The report is written to .faultline/report.json.

With --workers, files run side by side, and the scenarios of a file are split: what must not be shared, such as a
database, is told apart by FAULTLINE_WORKER (1, 2 …).

Example:
  // simulations/charge-worker.ts
  export default defineWorkers(
    'charge worker',
    { worker: 'src/worker.ts', deliveries: 'src/jobs/charge.ts#charge', setup, enqueue, idle },
    assertions,
  )

  npx faultline kill simulations/charge-worker.ts

Exit codes: 0 everything survived, 1 something did not, 2 a file could not be run.
`,
  run: (input) => runFiles(input, true),
}
