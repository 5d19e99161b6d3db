/** A scenario's verdict, as the programs `compare.ts` of `fixtures/projects` print it. */
export type Verdict = [id: string, outcome: string, approximate?: string]

/** Where simulated and real deaths came to the same, and the points that only one of them has. */
export function compareVerdicts(simulated: Verdict[], real: Verdict[]) {
  const outcomes = new Map(real.map(([id, outcome]) => [id, outcome]))
  const known = new Set(simulated.map(([id]) => id))
  const both = simulated.filter(([id]) => outcomes.has(id))
  return {
    onlySimulated: simulated.flatMap(([id]) => (outcomes.has(id) ? [] : [id])),
    onlyReal: real.flatMap(([id]) => (known.has(id) ? [] : [id])),
    compared: both.length,
    failed: real.flatMap(([id, outcome]) => (outcome === 'failed' ? [id] : [])),
    others: real.filter(([, outcome]) => outcome !== 'failed' && outcome !== 'survived'),
    disagree: both
      .filter(([id, outcome]) => outcomes.get(id) !== outcome)
      .map(([id, outcome, approximate]) => `${id}: ${outcome}, really ${outcomes.get(id)} (${approximate})`),
  }
}
