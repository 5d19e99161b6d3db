const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls back where this process is told to end (Ctrl-C, a job of the CI that is cancelled), which then ends by that
 * signal, as it would have. Returns what forgets it.
 */
export function onEndBySignal(callback: () => void): () => void {
  const forget = (): void => {
    for (const signal of signals) process.off(signal, end)
  }
  const end = (signal: NodeJS.Signals): void => {
    forget()
    callback()
    process.kill(process.pid, signal)
  }
  for (const signal of signals) process.on(signal, end)
  return forget
}
