import type { Node } from 'oxc-parser'
import type { FunctionNode } from '../ast.ts'
import { canFail } from '../can-fail.ts'
import type { PlaceDraft } from '../places.ts'
import type { Visit } from '../probe.ts'

/** What a sync function returns, where an error before it may belong into the promise that is returned. */
export function returnedOf(node: Node, fn: FunctionNode | undefined, { file }: Visit): Node | undefined {
  if (fn === undefined || fn.async || fn.generator) return undefined
  const value = node.type === 'ReturnStatement' ? node.argument : node === fn.body ? node : undefined
  return value != null && value.type !== 'BlockStatement' && canFail(value, file.settlers) ? value : undefined
}

/** The probe in front of it; {@link closeThrough} ends what this begins. */
export function openThrough(
  value: Node,
  offset: number,
  probe: readonly (string | PlaceDraft)[],
  { file }: Visit,
): (string | PlaceDraft)[] {
  file.through.set(value, offset)
  return ['try{', ...probe, '}']
}

/** What a probe before the return threw is not thrown where a promise is returned: that is rejected. */
export function closeThrough(value: Node, place: PlaceDraft, { file }: Visit): void {
  const offset = file.through.get(value)
  if (offset === undefined) return
  const error = `${file.prefix}e`
  file.edits.insert(offset, `catch(${error}){return ${file.use('j')}(`, place, `,${error})}`)
}
