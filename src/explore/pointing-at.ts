/** The stack leads to the line that registered the test, not into Faultline. */
export function pointingAt(error: Error, calledAt: Error): Error {
  const frames = calledAt.stack?.slice(calledAt.stack.indexOf('\n    at ')) ?? ''
  error.stack = `${error.name}: ${error.message}${frames}`
  return error
}
