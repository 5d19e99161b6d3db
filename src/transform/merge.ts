import type { Node } from 'oxc-parser'
import { bareBlock, isSilent, unwrap } from './ast.ts'
import type { SourceFile } from './source-file.ts'

/**
 * The next statement that has a place of its own, from an index of a list on, with nothing executed before it; it
 * may be the first one of a bare block. `end`: nothing is executed until the end of the list.
 */
export function nextPlaced(file: SourceFile, list: readonly Node[], from: number): Node | 'end' | undefined {
  for (let index = from; index < list.length; index++) {
    const statement = list[index]!
    if (isSilent(statement)) continue
    if (file.isIgnored(statement)) return undefined
    const block = bareBlock(statement)
    if (block === undefined) return statement
    const inner = nextPlaced(file, block, 0)
    if (inner !== 'end') return inner
  }
  return 'end'
}

/** The await that a statement, or what a return returns, wholly is. */
export function wholeAwait(node: Node | null | undefined): Node | undefined {
  if (node == null) return undefined
  const inner = unwrap(node.type === 'ExpressionStatement' ? node.expression : node)
  return inner.type === 'AwaitExpression' ? inner : undefined
}
