import { completes } from './completes.ts'
import { drained } from './drained.ts'
import type { Checked, Finding } from './finding.ts'
import { rejections } from './rejections.ts'
import { settled } from './settled.ts'

type Check = (checked: Checked) => Finding | undefined | Promise<Finding | undefined>

/** The built-in checks. */
export type CheckName = 'completes' | 'settled' | 'rejections' | 'drained'

/** In the order in which they are asked; a new one is one file, its name above and one line here. */
export const checks: Readonly<Record<CheckName, Check>> = {
  completes,
  settled,
  rejections,
  drained,
}
