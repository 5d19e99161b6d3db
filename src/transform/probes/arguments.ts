import type { Node } from 'oxc-parser'
import type { FunctionNode } from '../ast.ts'

/** The elements of an array of a function's arguments. */
export function argumentsOf(fn: FunctionNode, source: string): string {
  const parameters = (fn.params as readonly Node[]).filter((node) => !isThis(node))
  const names = parameters.map(nameOf)
  if (names.every((name) => name !== undefined)) return names.join(',')
  if (fn.type !== 'ArrowFunctionExpression') return '...arguments'
  return parameters.map((node) => rebuild(node, source)).join(',')
}

function isThis(node: Node): boolean {
  return node.type === 'Identifier' && node.name === 'this'
}

/** A plain parameter; undefined for a pattern. */
function nameOf(node: Node): string | undefined {
  switch (node.type) {
    case 'Identifier':
      return node.name
    case 'AssignmentPattern':
      return nameOf(node.left)
    case 'TSParameterProperty':
      return nameOf(node.parameter)
    case 'RestElement': {
      const name = nameOf(node.argument)
      return name === undefined ? undefined : `...${name}`
    }
    default:
      return undefined
  }
}

/** The value that a pattern took apart, as far as it named the parts. */
function rebuild(node: Node, source: string): string {
  switch (node.type) {
    case 'AssignmentPattern':
      return rebuild(node.left, source)
    case 'RestElement':
      return `...${rebuild(node.argument, source)}`
    case 'ArrayPattern':
      return `[${node.elements.map((element) => (element ? rebuild(element, source) : 'void 0')).join(',')}]`
    case 'ObjectPattern':
      return `{${node.properties
        .map((property) => rebuildProperty(property, source))
        .filter((text) => text !== '')
        .join(',')}}`
    default:
      return nameOf(node) ?? 'void 0'
  }
}

/** A computed name is left out: evaluating it again could do anything. */
function rebuildProperty(node: Node, source: string): string {
  if (node.type !== 'Property') return rebuild(node, source)
  if (node.computed) return ''
  const key = source.slice(node.key.start, node.key.end)
  const value = rebuild(node.value, source)
  return key === value && key !== '__proto__' ? key : `[${quoted(node.key, key)}]:${value}`
}

function quoted(key: Node, text: string): string {
  return key.type === 'Identifier' ? JSON.stringify(key.name) : text
}
