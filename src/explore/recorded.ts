import type { Place, Point } from '../model/point.ts'
import {
  type Activation,
  type CallSite,
  type FileRecord,
  placesOf,
  type QueuePointKind,
  type Reached,
} from '../runtime/index.ts'

/** A point of a recorded run, with all it takes to strike there in another. */
export interface RecordedPoint {
  readonly point: Point
  readonly file: FileRecord | undefined
  readonly index: number
  /** The activation's path, and the hit within it. */
  readonly branch: string
  readonly branchHit: number
  /** The return of a promise that has not settled. */
  readonly passing: boolean
  /** Of the job's `onDead`. */
  readonly hook: boolean
  /** After an enqueue: whether the new job may start right then. */
  readonly dueNow?: boolean
  /** How many hits the place has in this delivery. */
  hits: number
}

/** The queue's own points have no source, but those of an enqueue: the line that does it. */
export function queuePlace(kind: QueuePointKind, key: string, site?: CallSite): Place {
  const { file = '', line = 0 } = site ?? {}
  return { kind, key, file, line, column: 0, function: '', canFail: true, pausable: false, also: [] }
}

/**
 * What was reached, as points. Hits of a place are numbered branch by branch, branches in the order of their
 * creation, so that the numbers do not depend on which I/O came back first.
 */
export function recordedPoints(reached: readonly Reached[]): RecordedPoint[] {
  const groups = new Map<string, Reached[]>()
  for (const one of reached) {
    const key = groupKey(one)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  const hits = new Map<Reached, [hit: number, of: number]>()
  const order = branchOrder(reached)
  for (const group of groups.values()) {
    if (group.length > 1) {
      group.sort((a, b) => order.get(a.activation)! - order.get(b.activation)! || a.hit - b.hit)
    }
    for (const [position, one] of group.entries()) hits.set(one, [position + 1, group.length])
  }
  return reached.map((one) => toRecorded(one, hits.get(one)!))
}

function toRecorded(one: Reached, [hit, of]: [number, number]): RecordedPoint {
  const { identity } = one.delivery
  const place =
    one.file === undefined
      ? queuePlace(one.queue!.kind, one.queue!.key, one.queue!.site)
      : placesOf(one.file)[one.index]!
  return {
    point: { ...place, hit, attempt: identity.ordinal, job: identity.name, jobId: identity.jobId },
    file: one.file,
    index: one.index,
    branch: one.activation.path,
    branchHit: one.hit,
    passing: one.passing === true,
    hook: identity.part === 'dead',
    ...(one.queue?.dueNow === undefined ? undefined : { dueNow: one.queue.dueNow }),
    hits: of,
  }
}

const fileIds = new WeakMap<FileRecord, number>()
let nextFileId = 0

function groupKey({ delivery, file, index, queue }: Reached): string {
  const { jobId, ordinal } = delivery.identity
  if (file === undefined) return `${jobId}/${ordinal}/${queue!.key}`
  let id = fileIds.get(file)
  if (id === undefined) fileIds.set(file, (id = nextFileId++))
  return `${jobId}/${ordinal}/${id}:${index}`
}

/**
 * The position of each branch among all: a branch before those it made, and those in the order in which it made them.
 */
function branchOrder(reached: readonly Reached[]): Map<Activation, number> {
  const made = new Map<Activation | undefined, Activation[]>()
  const seen = new Set<Activation>()
  for (const one of reached) {
    let branch: Activation | undefined = one.activation
    while (branch !== undefined && !seen.has(branch)) {
      seen.add(branch)
      const siblings = made.get(branch.parent)
      if (siblings === undefined) made.set(branch.parent, [branch])
      else siblings.push(branch)
      branch = branch.parent
    }
  }
  const order = new Map<Activation, number>()
  const stack = made.get(undefined) ?? []
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    order.set(next, order.size)
    const children = made.get(next)
    if (children !== undefined) stack.push(...children.sort((a, b) => b.index - a.index))
  }
  return order
}

/**
 * The first place where two recorded runs differ, branch by branch; `undefined` where they are equal. The order
 * across branches is the machine's affair.
 */
export function firstDivergence(
  first: readonly RecordedPoint[],
  second: readonly RecordedPoint[],
): string | undefined {
  const left = branches(first)
  const right = branches(second)
  for (const [name, points] of left) {
    const others = right.get(name) ?? []
    for (let i = 0; i < Math.max(points.length, others.length); i++) {
      if (points[i]?.key === others[i]?.key) continue
      return `step ${i + 1} of ${name}: the first run reached ${words(points[i])}, the second ${words(others[i])}`
    }
  }
  for (const [name, points] of right) {
    if (!left.has(name))
      return `step 1 of ${name}: the first run reached nothing, the second ${words(points[0])}`
  }
  return undefined
}

interface Step {
  readonly key: string
  readonly point: Point
}

function branches(recorded: readonly RecordedPoint[]): Map<string, Step[]> {
  const all = new Map<string, Step[]>()
  for (const { point, branch, index } of recorded) {
    const name = `${point.jobId}, delivery ${point.attempt}${branch === '0' ? '' : `, branch ${branch}`}`
    const steps = all.get(name)
    const step = { key: `${point.file}:${index}:${point.key}`, point }
    if (steps === undefined) all.set(name, [step])
    else steps.push(step)
  }
  return all
}

function words(step: Step | undefined): string {
  if (step === undefined) return 'nothing'
  const { point } = step
  return point.file === '' || point.kind === 'enqueue'
    ? point.key
    : `${point.file}:${point.line} (${point.kind} in ${point.function})`
}
