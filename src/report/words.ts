import type { Outcome, Reason } from '../model/result.ts'

const ORDINALS: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' }
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' })
const UNITS: readonly [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** `1st`, `2nd`, `11th`. */
export function ordinal(count: number): string {
  return `${count}${ORDINALS[ordinals.select(count)] ?? 'th'}`
}

/** `1 scenario`, `1,204 scenarios`. */
export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `10,000`. */
export function number(count: number): string {
  return count.toLocaleString('en-US')
}

/** A span of time in its two largest units: `30 s`, `1 m 30 s`, `14 d`. */
export function span(ms: number): string {
  let rest = Math.abs(Math.round(ms))
  const parts: string[] = []
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${number(count)} ${unit}`)
    // A gap ends it: `2 h`, not `2 h 5 ms`.
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join(' ') || '0 ms'
}

/** A virtual time as it differs from the start: `+30 s`. */
export function offset(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${span(ms)}`
}

/** How long something took, in one unit: `120 ms`, `1.2 s`, `3 min`. */
export function took(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`
}

/** 0..1 as a percentage that never reads 100 % unless it is. */
export function percent(share: number): string {
  return `${Number.isFinite(share) ? Math.floor(share * 1000) / 10 : 0} %`
}

const REASONS: Record<Reason | Outcome, string> = {
  assertion: 'an assertion failed',
  snapshot: 'the final state differs',
  dead: 'the job died',
  runaway: 'the work never ends',
  hung: 'the job hung',
  unsettled: 'code ran on after its job had ended',
  rejection: 'a rejection nobody handled',
  undrained: 'due jobs were left over',
  deadlock: 'deadlock',
  nondeterministic: 'not deterministic',
  'not-run': 'it could not be run',
  flaky: 'failed once, then passed',
  unreached: 'the fault was never reached',
  failed: 'it failed',
  survived: 'survived',
  'beyond-policy': 'beyond the retry policy',
}

/** A reason or outcome in plain words. */
export function reasonWords(reason: string): string {
  return REASONS[reason as Reason] ?? reason
}
