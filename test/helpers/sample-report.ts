import { resolve } from 'node:path'
import type { Place, Point } from '../../src/model/point.ts'
import type {
  Cause,
  FaultName,
  ScenarioResult,
  SimulationData,
  SimulationSummary,
  TimelineEvent,
  TimelineKind,
} from '../../src/model/result.ts'

/** The job of the sample reports. */
export const CHECKOUT = `import { mailer } from '../lib/mailer.ts'
import { orders } from '../lib/orders.ts'
import { stripe } from '../lib/stripe.ts'

export interface Checkout {
  orderId: string
}

/** Charges the card of an order, marks it paid and sends the receipt. */
export async function checkout({ orderId }: Checkout) {
  const order = await orders.find(orderId)
  if (order.paidAt) return
  const charge = await stripe.charges.create({ amount: order.total, source: order.card })
  await orders.markPaid(order.id, charge.id)
  const receipt = renderReceipt(order, charge)
  await mailer.deliver(order.email, receipt)
  return { charged: charge.id }
}
`

export const FILE = 'src/jobs/checkout.ts'
export const ROOT = '/app'
export const START = Date.UTC(2026, 0, 5, 9)

/** Holds the sample's source, and nothing else. */
export function readSample(file: string): string | undefined {
  return file === resolve(ROOT, FILE) ? CHECKOUT : undefined
}

/** A point on a line of the sample. */
export function pointAt(line: number, more: Partial<Point> = {}): Point {
  const kind = more.kind ?? 'line'
  const file = more.file ?? FILE
  return {
    kind,
    key: `${file}:${line}`,
    file,
    line,
    column: 3,
    function: 'checkout',
    canFail: true,
    pausable: true,
    also: [],
    hit: 1,
    attempt: 1,
    job: 'checkout',
    jobId: 'checkout-1',
    ...more,
  }
}

/** "After the await on `line` settled, before `next`". */
export function awaitAt(line: number, next: number, more: Partial<Point> = {}): Point {
  const also: Place['also'] = [{ kind: 'line', key: `${FILE}:${next}`, line: next }]
  return pointAt(line, { kind: 'await', column: 18, also, ...more })
}

/** An event of a sample timeline. */
export function event(atMs: number, kind: TimelineKind, more: Partial<TimelineEvent> = {}): TimelineEvent {
  return {
    at: START + atMs,
    kind,
    job: 'checkout',
    jobId: 'checkout-1',
    delivery: 1,
    worker: 'worker 1',
    ...more,
  }
}

/** The timeline of one crash and the redelivery after it. */
export function crashTimeline(point: Point): TimelineEvent[] {
  const second = { delivery: 2, worker: 'worker 2' }
  return [
    event(0, 'enqueued', { delivery: 0, worker: '' }),
    event(0, 'started'),
    event(0, 'glitched', { point, detail: 'crash' }),
    event(0, 'crashed'),
    event(30_000, 'redelivered', second),
    event(30_000, 'completed', second),
    event(30_000, 'checked', { delivery: 0, worker: '', detail: 'the assertions failed' }),
  ]
}

/** The timeline of one error and the retry after it. */
export function errorTimeline(point: Point, retried = true): TimelineEvent[] {
  const second = { delivery: 2, worker: 'worker 1' }
  const retry = [
    event(0, 'failed', { detail: 'read ECONNRESET' }),
    event(3000, 'retried', second),
    event(3000, 'completed', second),
  ]
  return [
    event(0, 'enqueued', { delivery: 0, worker: '' }),
    event(0, 'started'),
    event(0, 'glitched', { point, detail: 'error: read ECONNRESET' }),
    ...(retried ? retry : [event(0, 'completed')]),
    event(3000, 'checked', { delivery: 0, worker: '', detail: 'the assertions failed' }),
  ]
}

/** A scenario of one fault at one point. */
export function scenario(fault: FaultName, point: Point, more: Partial<ScenarioResult> = {}): ScenarioResult {
  const hit = point.hit > 1 ? `#${point.hit}` : ''
  const attempt = point.attempt > 1 ? `/${point.attempt}` : ''
  const id = `${fault}@${point.kind === 'line' ? '' : `${point.kind}:`}${point.key}${hit}${attempt}`
  return {
    id,
    faults: [{ fault, point }],
    outcome: 'survived',
    replay: `fulfil order: ${id} (seed 7, ${new Date(START).toISOString()}, 9f3c21aa)`,
    timeline: fault === 'crash' ? crashTimeline(point) : errorTimeline(point),
    ...more,
  }
}

/** An assertion's error as a test of the sample application throws it. */
export function assertionError(message: string, line = 31): Error {
  const error = new Error(message)
  error.name = 'AssertionError'
  error.stack = `AssertionError: ${message}\n    at ${ROOT}/test/checkout.test.ts:${line}:37\n    at run (${ROOT}/node_modules/x/y.js:1:1)`
  return error
}

/** The causes of the failures, grouped as the product groups them: by reason, message and line. */
export function causesOf(failures: readonly ScenarioResult[]): Cause[] {
  const causes = new Map<string, Cause & { scenarios: string[] }>()
  for (const { id, reason, outcome, error, faults, blame } of failures) {
    const why = reason ?? outcome
    const message = error?.message ?? ''
    const key = JSON.stringify([why, message, blame])
    const point = faults[0]?.point
    const known = causes.get(key)
    if (known !== undefined) known.scenarios.push(id)
    else
      causes.set(key, {
        reason: why,
        message,
        scenarios: [id],
        ...(point === undefined ? {} : { point }),
        ...(blame === undefined ? {} : { blame }),
      })
  }
  return [...causes.values()]
}

/** A report of these scenarios, its counts in step with them. */
export function reportOf(
  scenarios: readonly ScenarioResult[],
  summary: Partial<SimulationSummary> = {},
  more: Partial<SimulationData> = {},
): SimulationData {
  const failures = scenarios.filter(({ outcome }) => outcome !== 'survived' && outcome !== 'beyond-policy')
  const count = (outcome: string) =>
    scenarios.filter((s) => s.outcome === outcome && s.faults.length > 0).length
  const points = [
    ...new Map(scenarios.flatMap((s) => s.faults.map((f) => [JSON.stringify(f.point), f.point]))).values(),
  ]
  const survived = count('survived')
  return {
    name: 'fulfil order',
    points,
    scenarios: [...scenarios],
    failures,
    causes: causesOf(failures),
    summary: {
      points: points.length,
      scenarios: scenarios.filter((s) => s.faults.length > 0).length,
      survived,
      failed: count('failed'),
      unreached: count('unreached'),
      flaky: count('flaky'),
      beyondPolicy: count('beyond-policy'),
      notApplicable: {},
      skipped: 0,
      notCovered: {},
      exhaustive: true,
      resilience: survived / (survived + failures.length),
      durationMs: 312,
      seed: 7,
      now: new Date(START).toISOString(),
      ...summary,
    },
    root: ROOT,
    command: 'npx vitest run test/checkout.test.ts',
    ...more,
  }
}

/** Every point of the sample under both faults, none of which does harm. */
export function survivors(faults: readonly FaultName[] = ['error', 'crash']): ScenarioResult[] {
  const points = [
    pointAt(11),
    awaitAt(11, 12, { column: 17 }),
    pointAt(13),
    awaitAt(13, 14),
    awaitAt(14, 15, { column: 3 }),
    pointAt(16),
    awaitAt(16, 17, { column: 3 }),
  ]
  return points.flatMap((point) => faults.map((fault) => scenario(fault, point)))
}

/** Three bugs: a card charged twice, a receipt sent twice, an error swallowed. */
export function threeBugs(): SimulationData {
  const twice = {
    outcome: 'failed',
    reason: 'assertion',
    error: assertionError('the card was charged twice: expected 2 to be 1'),
  } as const
  const mailed = {
    outcome: 'failed',
    reason: 'assertion',
    error: assertionError('expected 2 receipts to be 1', 34),
  } as const
  const charged = new Set(['crash', 'error'].map((fault) => `${fault}@await:${FILE}:13`))
  const scenarios = survivors().map((one) => {
    if (charged.has(one.id)) return { ...one, ...twice }
    return one.id === `crash@await:${FILE}:16` ? { ...one, ...mailed } : one
  })
  const mark = scenario('crash', pointAt(14, { kind: 'call', function: 'Orders#markPaid' }), twice)
  return reportOf([...scenarios, mark], {
    exhaustive: false,
    skipped: 3,
    notCovered: { hits: '3 hits beyond the first, second, third and last' },
    notApplicable: { timeout: 'no job sets a time-out' },
  })
}
