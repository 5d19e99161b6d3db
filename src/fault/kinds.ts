import type { FaultName } from '../model/result.ts'
import { crash } from './crash.ts'
import { error } from './error.ts'
import type { Fault } from './fault.ts'

/** The families that `faults: […]` can name; a new one is one file and one line here. */
export const families: Partial<Record<FaultName, () => Fault>> = { error, crash }

/** What is run when nothing is chosen. */
export const defaultFamilies: readonly FaultName[] = ['error', 'crash']
