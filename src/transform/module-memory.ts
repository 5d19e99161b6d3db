import type { Node, Program, Statement } from 'oxc-parser'
import { eachChild, isClass, isFunction, unwrap } from './ast.ts'
import { keptObjects } from './kept-objects.ts'

/** What a module keeps in memory between two calls of its functions, as far as its own text tells. */
export interface ModuleMemory {
  /** The functions that use variables of the module which functions change. */
  readonly users: readonly { readonly start: number; readonly end: number }[]
  /** Nothing of it can have changed since it was evaluated: one instance is as good as another. */
  readonly stateless: boolean
}

/** How a name of the module's top level can be changed: by assignment, by its methods, by what hangs on it. */
type Kind = 'variable' | 'collection' | 'holder'

const collections = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array'])
const mutators = new Set(
  'set add delete clear push pop shift unshift splice sort reverse fill copyWithin'.split(' '),
)

/**
 * Looks for module variables that functions change: `let done`, reassigned; `const seen = new Set()`, added to; and for
 * objects that change themselves (`kept-objects.ts`). Names are compared, not scopes: a local variable of the same name
 * is taken for the module's.
 */
export function moduleMemory(program: Program, hasPlaces = true): ModuleMemory {
  const kinds = new Map<string, Kind>()
  const statements = program.body.map(declarationOf)
  for (const statement of statements) for (const [name, kind] of namesOf(statement)) kinds.set(name, kind)
  const kept = hasPlaces ? keptObjects(program) : { names: new Set<string>(), users: [] }
  const changed = new Set(kept.names)
  const uses: { name: string; fn: Node }[] = []
  const visit = (node: Node, fn: Node | undefined): void => {
    const within = isFunction(node) ? node : fn
    const name = within && changedName(node, kinds)
    if (name !== undefined) changed.add(name)
    if (within && node.type === 'Identifier' && (kinds.has(node.name) || kept.names.has(node.name)))
      uses.push({ name: node.name, fn: within })
    eachChild(node, (child, key) => {
      const isName = (key === 'property' || key === 'key') && !(node as { computed?: boolean }).computed
      if (!isName) visit(child, within)
    })
  }
  if (kinds.size + kept.names.size > 0) for (const statement of program.body) visit(statement, undefined)
  return {
    users: [...new Set([...uses.filter(({ name }) => changed.has(name)).map(({ fn }) => fn), ...kept.users])],
    stateless:
      changed.size === 0 && statements.every((statement) => statement === undefined || isSafe(statement)),
  }
}

function declarationOf(statement: Statement): Node | undefined {
  if (statement.type === 'ExportNamedDeclaration') return statement.declaration ?? undefined
  if (statement.type === 'ExportDefaultDeclaration') return statement.declaration
  return statement
}

function namesOf(node: Node | undefined): [string, Kind][] {
  if (node?.type === 'FunctionDeclaration' || node?.type === 'ClassDeclaration')
    return node.id ? [[node.id.name, 'holder']] : []
  if (node?.type !== 'VariableDeclaration') return []
  return node.declarations.flatMap(({ id, init }): [string, Kind][] => {
    if (id.type !== 'Identifier') return []
    if (init && isCollection(unwrap(init))) return [[id.name, 'collection']]
    return node.kind === 'let' || node.kind === 'var' ? [[id.name, 'variable']] : []
  })
}

function isCollection(init: Node): boolean {
  if (init.type === 'ArrayExpression' || init.type === 'ObjectExpression') return true
  return (
    init.type === 'NewExpression' && init.callee.type === 'Identifier' && collections.has(init.callee.name)
  )
}

/** The name of the top level that a node changes, or whose content it does. */
function changedName(node: Node, kinds: ReadonlyMap<string, Kind>): string | undefined {
  if (node.type === 'AssignmentExpression') return targetName(node.left, kinds)
  if (node.type === 'UpdateExpression') return targetName(node.argument, kinds)
  if (node.type === 'UnaryExpression')
    return node.operator === 'delete' ? targetName(node.argument, kinds) : undefined
  if (node.type !== 'CallExpression') return undefined
  const callee = unwrap(node.callee)
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
    return undefined
  if (!mutators.has(callee.property.name)) return undefined
  const { name, depth } = rootOf(callee.object)
  return name !== undefined && (depth > 0 ? kinds.has(name) : kinds.get(name) === 'collection')
    ? name
    : undefined
}

function targetName(target: Node, kinds: ReadonlyMap<string, Kind>): string | undefined {
  const { name, depth } = rootOf(target)
  if (name === undefined || !kinds.has(name)) return undefined
  return depth > 0 || kinds.get(name) !== 'holder' ? name : undefined
}

/** `cache` of `cache.byId[7]`, and how many members lie between. */
function rootOf(node: Node): { name: string | undefined; depth: number } {
  let inner = unwrap(node)
  let depth = 0
  for (; inner.type === 'MemberExpression'; depth++) inner = unwrap(inner.object)
  return { name: inner.type === 'Identifier' ? inner.name : undefined, depth }
}

const silent = new Set(['FunctionDeclaration', 'EmptyStatement', 'ImportDeclaration', 'ExportAllDeclaration'])

/** Evaluating it makes nothing that could change. */
function isSafe(node: Node): boolean {
  if (silent.has(node.type) || ('directive' in node && node.directive != null)) return true
  if (node.type.startsWith('TSInterface') || node.type.startsWith('TSTypeAlias')) return true
  if (node.type === 'VariableDeclaration')
    return (
      node.kind === 'const' &&
      node.declarations.every(
        ({ id, init }) => id.type === 'Identifier' && init != null && isConstant(unwrap(init)),
      )
    )
  return isConstant(node)
}

function isConstant(node: Node): boolean {
  if (isFunction(node) || node.type === 'Identifier') return true
  if (node.type === 'Literal') return !('regex' in node && /[gy]/.test(String(node.regex?.flags)))
  if (node.type === 'TemplateLiteral') return node.expressions.every((one) => isConstant(unwrap(one)))
  if (node.type === 'UnaryExpression') return node.operator !== 'delete' && isConstant(unwrap(node.argument))
  if (node.type === 'BinaryExpression')
    return isConstant(unwrap(node.left as Node)) && isConstant(unwrap(node.right))
  if (!isClass(node)) return false
  return (
    node.decorators.length === 0 &&
    (node.superClass === null || node.superClass.type === 'Identifier') &&
    node.body.body.every(
      (member) =>
        member.type !== 'StaticBlock' &&
        !('static' in member && member.static && 'value' in member && member.type !== 'MethodDefinition'),
    )
  )
}
