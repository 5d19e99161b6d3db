import { pointingAt } from '../explore/index.ts'
import { isFaultlineError } from '../model/error.ts'

/** Runs `body`; errors of Faultline lead to the line that registered the test. */
export async function pointed<T>(calledAt: Error, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    throw isFaultlineError(error) ? pointingAt(error, calledAt) : error
  }
}
