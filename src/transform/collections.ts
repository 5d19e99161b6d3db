import type { MemberExpression, Node, Program } from 'oxc-parser'
import { eachChild, isFunction, unwrap } from './ast.ts'

/** What a source makes of built-in collections and emitters: variables by their names, and fields of classes as `#seen` or `seen`. */
export interface Collections {
  readonly names: ReadonlySet<string>
  readonly fields: ReadonlySet<string>
}

export const noCollections: Collections = { names: new Set(), fields: new Set() }

const made = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array', 'EventEmitter'])
const methods = new Set(
  (
    'get set has add delete clear push pop shift unshift at keys values entries getOrInsert ' +
    'on once off addListener prependListener removeListener removeAllListeners setMaxListeners listenerCount'
  ).split(' '),
)

/**
 * Names are compared, not scopes: one that is anything else anywhere in the source, a parameter too, is no collection.
 */
export function collectionsOf(program: Program): Collections {
  const [names, fields] = [new Set<string>(), new Set<string>()]
  const [otherNames, otherFields] = [new Set<string>(), new Set<string>()]
  const visit = (node: Node): void => {
    if (node.type === 'VariableDeclarator') {
      const known = node.id.type === 'Identifier' && node.init != null && isCollection(node.init)
      for (const name of namesIn(node.id)) (known ? names : otherNames).add(name)
    } else if (node.type === 'PropertyDefinition') {
      const name = fieldName(node.key, node.computed)
      const known = node.value != null && isCollection(node.value)
      if (name !== undefined) (known ? fields : otherFields).add(name)
    } else if (node.type === 'AssignmentExpression' && !isCollection(node.right)) {
      const { left } = node
      if (left.type === 'MemberExpression') otherFields.add(fieldName(left.property, left.computed) ?? '')
      else for (const name of namesIn(left)) otherNames.add(name)
    } else if (isFunction(node)) {
      for (const parameter of node.params) for (const name of namesIn(parameter)) otherNames.add(name)
    } else if (node.type === 'CatchClause' && node.param !== null) {
      for (const name of namesIn(node.param)) otherNames.add(name)
    }
    eachChild(node, visit)
  }
  visit(program)
  return { names: without(names, otherNames), fields: without(fields, otherFields) }
}

/** Whether a method of a collection is called that cannot fail. */
export function isOfCollection(
  { object, property, computed }: MemberExpression,
  known: Collections,
): boolean {
  if (computed || property.type !== 'Identifier' || !methods.has(property.name)) return false
  const of = unwrap(object)
  if (of.type === 'Identifier') return known.names.has(of.name)
  if (of.type !== 'MemberExpression' || unwrap(of.object).type !== 'ThisExpression') return false
  return known.fields.has(fieldName(of.property, of.computed) ?? '')
}

function isCollection(node: Node): boolean {
  const inner = unwrap(node)
  if (inner.type === 'ArrayExpression') return true
  return inner.type === 'NewExpression' && inner.callee.type === 'Identifier' && made.has(inner.callee.name)
}

function fieldName(key: Node, computed: boolean): string | undefined {
  if (computed) return undefined
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  return key.type === 'Identifier' ? key.name : undefined
}

/** The names that a pattern binds. */
function namesIn(pattern: Node): string[] {
  if (pattern.type === 'Identifier') return [pattern.name]
  if (pattern.type === 'AssignmentPattern') return namesIn(pattern.left)
  if (pattern.type === 'RestElement') return namesIn(pattern.argument)
  if (pattern.type === 'ArrayPattern') return pattern.elements.flatMap((one) => (one ? namesIn(one) : []))
  if (pattern.type === 'ObjectPattern')
    return pattern.properties.flatMap((one) => namesIn(one.type === 'Property' ? one.value : one.argument))
  return pattern.type === 'TSParameterProperty' ? namesIn(pattern.parameter) : []
}

/** The names that are in the first set alone. */
export function without(names: ReadonlySet<string>, others: ReadonlySet<string>): Set<string> {
  return new Set([...names].filter((name) => !others.has(name)))
}
