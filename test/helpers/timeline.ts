import type { TimelineEvent } from 'faultline'

/** A timeline in short: `+30s redelivered 2 (worker 2)`, times from the first event on. */
export function brief(timeline: readonly TimelineEvent[]): string[] {
  const startMs = timeline[0]!.at
  return timeline.map(({ at, kind, delivery, worker, detail, point }) => {
    const what = point === undefined ? (detail ?? '') : `${detail} at ${point.kind}`
    return [`+${(at - startMs) / 1000}s`, kind, delivery || '', worker && `(${worker})`, what]
      .filter((part) => part !== '')
      .join(' ')
  })
}
