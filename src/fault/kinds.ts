import type { FaultName } from '../model/result.ts'
import { crash } from './crash.ts'
import { delay } from './delay.ts'
import { duplicate } from './duplicate.ts'
import { eager } from './eager.ts'
import { error } from './error.ts'
import { exhaust } from './exhaust.ts'
import type { Fault } from './fault.ts'
import { interrupt } from './interrupt.ts'
import { reorder } from './reorder.ts'
import { stall } from './stall.ts'
import { timeout } from './timeout.ts'

/** The families that `faults: […]` can name, with the faults they run; a new one is one file and one line here. */
export const families: Partial<Record<FaultName, () => readonly Fault[]>> = {
  error: () => [error()],
  crash: () => [crash()],
  stall: () => [stall()],
  interrupt: () => [interrupt()],
  timeout: () => [timeout('retry-first'), timeout('old-first')],
  delay: () => [delay('1h'), delay('26h'), delay('32d')],
  duplicate: () => [duplicate()],
  reorder: () => [reorder()],
  eager: () => [eager()],
  exhaust: () => [exhaust()],
}

/** Families that run only where they are named: their verdict needs an option of its own. */
export const notInAll: ReadonlySet<FaultName> = new Set(['exhaust'])

/** What is run when nothing is chosen. */
export const defaultFamilies: readonly FaultName[] = ['error', 'crash']
