import type { Node } from 'oxc-parser'
import type { FunctionNode } from './ast.ts'
import type { SourceFile } from './source-file.ts'

/** What is known about the code around a node. */
export interface Scope {
  /** Probes are inserted here. */
  readonly active: boolean
  /** Timer functions are wrapped here. */
  readonly timers: boolean
  /** Statements here may await: the code belongs to an async function itself. */
  readonly async: boolean
  /** The function is so long that its lines may await only where they do anyway; see `longFunction`. */
  readonly long: boolean
  /** The name of the activation of the nearest enclosing async function that has one. */
  readonly activation: string | undefined
  /** The function's name, for the table. */
  readonly name: string
  /** The function that the code belongs to; none at the top level, in fields and static blocks. */
  readonly fn: FunctionNode | undefined
}

/** A node that is being visited. */
export interface Visit {
  readonly file: SourceFile
  readonly scope: Scope
  readonly parent: Node
  readonly key: string
}

/**
 * Where a probe is asked: at a type of node, or at a role.
 * `body`: a function, with the scope of its body. `listed`: a statement of a list. `unbraced`: a statement that
 * is a branch or a loop's body without braces.
 */
export type ProbeTarget = Node['type'] | 'body' | 'listed' | 'unbraced'

/** One kind of probe: what it inserts on entering a node, and on leaving it. */
export interface Probe {
  readonly targets: readonly ProbeTarget[]
  enter?(node: Node, visit: Visit): void
  leave?(node: Node, visit: Visit): void
}
