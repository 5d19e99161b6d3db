import type { Node } from 'oxc-parser'
import { type FunctionNode, isClass, isWrapper } from './ast.ts'

/** A node on the way from the top of the file to the one that is visited, and where it hangs in its parent. */
export interface Ancestor {
  readonly node: Node
  readonly key: string
}

const anonymous = '<anonymous>'

/**
 * The name of a function: its own, `Class#method`, `Class.staticMethod`, `object.method`, that of the variable or
 * property it is assigned to, or the enclosing function's and `<anonymous>`.
 */
export function functionName(
  fn: FunctionNode,
  ancestors: readonly Ancestor[],
  source: string,
  enclosing: string,
): string {
  const own = fn.type !== 'ArrowFunctionExpression' ? fn.id?.name : undefined
  if (own !== undefined) return own
  return bindingName(ancestors, source) ?? (enclosing === '' ? anonymous : `${enclosing}.${anonymous}`)
}

/** The name of a static block or of a field's initialiser. */
export function memberName(member: Node, ancestors: readonly Ancestor[], source: string): string {
  if (member.type === 'StaticBlock') return `${className(ancestors, source)}.<static>`
  return classMember(member, ancestors, source)
}

/** The name that an expression gets from where it stands; the last ancestor is its parent. */
function bindingName(ancestors: readonly Ancestor[], source: string): string | undefined {
  let at = ancestors.length - 1
  while (at >= 0 && isWrapper(ancestors[at]!.node)) at--
  const parent = ancestors[at]?.node
  const above = ancestors.slice(0, Math.max(at, 0))
  switch (parent?.type) {
    case 'VariableDeclarator':
      return parent.id.type === 'Identifier' ? parent.id.name : undefined
    case 'AssignmentExpression':
      return targetName(parent.left)
    case 'AssignmentPattern':
      return parent.left.type === 'Identifier' ? parent.left.name : undefined
    case 'ExportDefaultDeclaration':
      return 'default'
    case 'Property':
      return propertyName(parent, above, source)
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return classMember(parent, above, source)
    default:
      return undefined
  }
}

function targetName(target: Node): string | undefined {
  if (target.type === 'Identifier') return target.name
  if (target.type !== 'MemberExpression' || target.computed) return undefined
  const property =
    target.property.type === 'PrivateIdentifier' ? `#${target.property.name}` : target.property.name
  const object = target.object
  if (object.type === 'ThisExpression') return property
  const owner = targetName(object)
  if (owner === undefined) return property
  if (owner === 'exports' || owner === 'module.exports') return property
  return owner.endsWith('.prototype')
    ? `${owner.slice(0, -'.prototype'.length)}#${property}`
    : `${owner}.${property}`
}

function propertyName(property: Node, ancestors: readonly Ancestor[], source: string): string | undefined {
  if (ancestors.at(-1)?.node.type !== 'ObjectExpression') return keyName(property, source)
  const object = bindingName(ancestors.slice(0, -1), source)
  const key = keyName(property, source)
  return object === undefined ? key : `${object}.${key}`
}

function classMember(member: Node, ancestors: readonly Ancestor[], source: string): string {
  const isStatic = 'static' in member && member.static
  return `${className(ancestors, source)}${isStatic ? '.' : '#'}${keyName(member, source)}`
}

/** The last ancestors are the class and its body. */
function className(ancestors: readonly Ancestor[], source: string): string {
  const node = ancestors.at(-2)?.node
  if (node === undefined || !isClass(node)) return anonymous
  return node.id?.name ?? bindingName(ancestors.slice(0, -2), source) ?? anonymous
}

function keyName(member: Node, source: string): string {
  const { key, computed } = member as unknown as { key: Node; computed?: boolean }
  if (computed) return `[${source.slice(key.start, key.end).replace(/\s+/g, ' ')}]`
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' ? String(key.value) : source.slice(key.start, key.end)
}
