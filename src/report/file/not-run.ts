import type { ScenarioResult, SimulationData } from '../../model/result.ts'
import { messageOf } from '../message.ts'

/** A simulation, a race or a file of them that could not be run: a set-up threw, a file could not be loaded. */
export interface NotRun {
  readonly name: string
  /** Why: what was thrown. */
  readonly error: unknown
  /** Absolute folder of the project. */
  readonly root: string
  readonly command?: string
  readonly seed?: number
  /** The start of the virtual clock, milliseconds since the epoch. */
  readonly nowMs?: number
}

/**
 * What could not be run, as a report that every reader takes for a failure: its one scenario is the run without faults.
 *
 * @example
 * ```ts
 * reportFileOf({ simulations: [{ report: notRun({ name: 'charge', error, root }), testFile: 'test/charge.test.ts' }] })
 * ```
 */
export function notRun({ name, error: thrown, root, command, seed = 1, nowMs = 0 }: NotRun): SimulationData {
  const error = asError(thrown)
  const baseline: ScenarioResult = {
    id: 'baseline',
    faults: [],
    outcome: 'failed',
    reason: 'not-run',
    error,
    replay: '',
    timeline: [],
  }
  return {
    name,
    points: [],
    scenarios: [baseline],
    failures: [baseline],
    causes: [
      { reason: 'not-run', message: messageOf(error, error.name, root).title, scenarios: ['baseline'] },
    ],
    summary: {
      points: 0,
      scenarios: 1,
      survived: 0,
      failed: 1,
      unreached: 0,
      flaky: 0,
      beyondPolicy: 0,
      notApplicable: {},
      skipped: 0,
      notCovered: { scenarios: 'all: it could not be run' },
      exhaustive: false,
      resilience: 0,
      durationMs: 0,
      seed,
      now: new Date(nowMs).toISOString(),
    },
    root,
    ...(command === undefined ? undefined : { command }),
  }
}

/** Errors of another realm, and those that crossed a process, are errors too. */
function asError(thrown: unknown): Error {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
    const { name = 'Error' } = thrown as Partial<Error>
    return typeof name === 'string' && 'name' in thrown
      ? (thrown as Error)
      : (Object.assign(thrown, { name: 'Error' }) as Error)
  }
  return new Error(
    `Thrown was no Error, but ${typeof thrown === 'string' ? JSON.stringify(thrown) : String(thrown)}`,
  )
}
