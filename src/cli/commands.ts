import type { Command } from './command.ts'
import { gate } from './gate.ts'
import { kill } from './kill.ts'
import { merge } from './merge.ts'
import { points } from './points.ts'
import { report } from './report.ts'
import { run } from './run.ts'
import { runOne } from './run-one.ts'

/** All commands, in the order of `--help`. */
export const commands: readonly Command[] = [points, run, kill, gate, report, merge, runOne]
