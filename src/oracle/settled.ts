import { FaultlineError } from '../model/error.ts'
import type { CodeLine } from '../model/result.ts'
import {
  armAll,
  codeLine,
  type Delivery,
  eventLoopTurn,
  placesOf,
  realNowMs,
  suspended,
} from '../runtime/index.ts'
import type { Checked, Finding } from './finding.ts'

/** Real time that code which is still suspended gets to show that it runs on. */
const patienceMs = 60

/** No first-party code of a delivery runs after its `perform` promise fulfilled. */
export function settled(checked: Checked): Promise<Finding | undefined> | undefined {
  return checked.deliveries.every(isOver) ? undefined : lateOf(checked)
}

/** All of it has returned, and nothing came after. */
function isOver({ open, late }: Delivery): boolean {
  return open.length === 0 && late === undefined
}

async function lateOf({ deliveries }: Checked): Promise<Finding | undefined> {
  const ended = deliveries.filter((delivery) => !delivery.dead)
  const suspects = ended.filter((delivery) => delivery.open.length > 0 && suspended(delivery).length > 0)
  if (suspects.length > 0 && !ended.some(isLate)) await waitForLate(suspects)
  const late = ended.find(isLate)
  if (late === undefined) return undefined
  const blame = codeLine(late.late!.started)
  return {
    reason: 'unsettled',
    error: unsettledError(late, blame),
    ...(blame === undefined ? undefined : { blame }),
  }
}

function isLate(delivery: Delivery): boolean {
  return delivery.late !== undefined && delivery.ended === 'fulfilled'
}

async function waitForLate(suspects: readonly Delivery[]): Promise<void> {
  armAll()
  const untilMs = realNowMs() + patienceMs
  while (realNowMs() < untilMs && !suspects.some(isLate)) {
    await eventLoopTurn()
    if (suspects.every((delivery) => suspended(delivery).length === 0)) return
  }
}

function unsettledError(delivery: Delivery, blame: CodeLine | undefined): FaultlineError {
  const { file, index } = delivery.late!
  const place = placesOf(file)[index]!
  const { jobId, ordinal } = delivery.identity
  const started =
    blame === undefined ? '' : ` It was started at ${blame.file}:${blame.line}, where nothing awaits it.`
  return new FaultlineError('FAULTLINE_UNSETTLED', {
    message: `Code of ${jobId} still ran after delivery ${ordinal} had settled: ${place.file}:${place.line} in ${place.function}.${started}`,
    hint: 'Something is not awaited: a missing `await`, `forEach(async …)`, a promise that is not returned. What it does after the settle is lost when the worker stops.',
  })
}
