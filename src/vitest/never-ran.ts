import { readFileSync } from 'node:fs'
import type { TestCase, TestModule, TestSuite } from 'vitest/node'
// The fields of `task.meta` that this package adds.
import type {} from './hand-over.ts'

/** What could not be run, and why; one for each simulation and reason. */
export interface NeverRan {
  readonly name: string
  /** As Vitest tells it: an error that crossed a process. */
  readonly error: unknown
}

/** Simulations of a module whose tests were registered and wanted, but did not come to their first line. */
export function neverRan(module: TestModule, reported: ReadonlySet<TestSuite>): NeverRan[] {
  const found = new Map<string, NeverRan>()
  for (const test of module.children.allTests()) {
    const told = test.meta().faultline
    if (told?.registered === undefined) continue
    // What came of a scenario that began is in the report of its suite.
    if (told.begun && test.parent.type === 'suite' && reported.has(test.parent)) continue
    const error = obstacleOf(test)
    if (error === undefined) continue
    const key = JSON.stringify([told.name, textOf(error)])
    if (!found.has(key)) found.set(key, { name: told.name, error })
  }
  return [...found.values()]
}

/** A test file that names this package and could not be loaded: it may hold any number of simulations. */
export function notLoaded(module: TestModule): NeverRan | undefined {
  const [error] = module.errors()
  if (error === undefined || [...module.children.allTests()].length > 0) return undefined
  return namesFaultline(module.moduleId) ? { name: module.relativeModuleId, error } : undefined
}

function obstacleOf(test: TestCase): unknown {
  const { state, errors } = test.result()
  if (state === 'passed') return undefined
  if (state === 'failed') return errors[0] ?? new Error('Its test failed.')
  if (state === 'pending')
    return new Error('Its test did not end: its worker died, or the run was cancelled.')
  // What was left out on purpose has another mode.
  return test.options.mode === 'run' ? errorAround(test) : undefined
}

/** The error of a hook of the suites around a test. */
function errorAround(test: TestCase): unknown {
  for (let task: TestSuite | TestModule = test.parent; ; task = task.parent) {
    const [error] = task.errors()
    if (error !== undefined || task.type === 'module') return error
  }
}

function namesFaultline(file: string): boolean {
  try {
    return /['"]faultline(?:\/[\w-]+)?['"]/.test(readFileSync(file, 'utf8'))
  } catch {
    return false
  }
}

function textOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
}
