import { isFaultlineError } from '../model/error.ts'

/** Runs `body`; errors of Faultline lead to the line that registered the test. */
export async function pointed<T>(calledAt: Error, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    throw isFaultlineError(error) ? pointingAt(error, calledAt) : error
  }
}

/**
 * The stack leads to the line that registered the test, not into Faultline. The report goes: runners print all that an
 * error has, and send it from process to process, and the message tells the report already.
 */
function pointingAt(error: Error, calledAt: Error): Error {
  const frames = calledAt.stack?.slice(calledAt.stack.indexOf('\n    at ')) ?? ''
  error.stack = `${error.name}: ${error.message}${frames}`
  Reflect.deleteProperty(error, 'report')
  return error
}
