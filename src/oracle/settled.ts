import { FaultlineError } from '../model/error.ts'
import type { CodeLine } from '../model/result.ts'
import {
  armAll,
  codeLine,
  type Delivery,
  eventLoopTurn,
  type LateReach,
  placesOf,
  realNowMs,
  suspended,
} from '../runtime/index.ts'
import type { Checked, Finding } from './finding.ts'

/** Real time that code which is still suspended gets to show that it runs on. */
const patienceMs = 60
/** Real time that an interval which nobody cleared gets to fire: it waits until nothing else is going on. */
const beatMs = 500

/**
 * No first-party code of a delivery runs after its `perform` promise fulfilled. After it was rejected, none runs beside
 * the job's next delivery, or outlives the job.
 */
export function settled(checked: Checked): Promise<Finding | undefined> | undefined {
  return checked.deliveries.every(isOver) ? undefined : lateOf(checked)
}

/** All of it has returned, and nothing came after. */
function isOver({ open, late, leftMs }: Delivery): boolean {
  return open.length === 0 && late === undefined && leftMs === undefined
}

async function lateOf({ deliveries }: Checked): Promise<Finding | undefined> {
  const ended = deliveries.filter((delivery) => !delivery.dead)
  const suspects = ended.filter((delivery) => delivery.open.length > 0 && suspended(delivery).length > 0)
  if (suspects.length > 0 && !ended.some(isLate)) await waitForLate(suspects)
  if (!ended.some(isLate)) await waitForBeat(ended)
  const late = ended.find(isLate)
  if (late === undefined) return undefined
  const reach = reachOf(late)!
  const blame = codeLine(reach.started)
  return {
    reason: 'unsettled',
    error: unsettledError(late, reach, blame),
    ...(blame === undefined ? undefined : { blame }),
  }
}

function isLate(delivery: Delivery): boolean {
  return reachOf(delivery) !== undefined
}

function reachOf({ ended, late, overlap }: Delivery): LateReach | undefined {
  return ended === 'fulfilled' ? late : overlap
}

async function waitForLate(suspects: readonly Delivery[]): Promise<void> {
  armAll()
  const untilMs = realNowMs() + patienceMs
  while (realNowMs() < untilMs && !suspects.some(isLate)) {
    await eventLoopTurn()
    if (suspects.every((delivery) => suspended(delivery).length === 0)) return
  }
}

/** Only what success clears: what nothing clears ran on without any fault. */
async function waitForBeat(ended: readonly Delivery[]): Promise<void> {
  const untilMs = realNowMs() + beatMs
  while (ended.some(({ willBeat }) => willBeat) && realNowMs() < untilMs) await eventLoopTurn()
}

function unsettledError(
  { identity, ended }: Delivery,
  { file, index }: LateReach,
  blame: CodeLine | undefined,
): FaultlineError {
  const { jobId, ordinal } = identity
  const { file: path, line, function: name } = placesOf(file)[index]!
  const where = `${path}:${line} in ${name}`
  const started = blame === undefined ? '' : ` It was started at ${blame.file}:${blame.line}, where nothing`
  if (ended === 'fulfilled')
    return new FaultlineError('FAULTLINE_UNSETTLED', {
      message: `Code of ${jobId} still ran after delivery ${ordinal} had settled: ${where}.${started && `${started} awaits it.`}`,
      hint: 'Something is not awaited: a missing `await`, `forEach(async …)`, a promise that is not returned. What it does after the settle is lost when the worker stops.',
    })
  return new FaultlineError('FAULTLINE_UNSETTLED', {
    message: `Code of ${jobId} still ran after delivery ${ordinal} had failed and the job had gone on without it: ${where}.${started && `${started} stops it.`}`,
    hint: 'It runs beside the retry, or for ever. Stop it when the job fails, too: `clearInterval` in a `finally`, or `using`; await what runs in parallel with `Promise.allSettled` before the job rejects.',
  })
}
