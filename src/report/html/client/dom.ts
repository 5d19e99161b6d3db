/** What an element may be made of; text is always text, never markup. */
export type Child = Node | string | number | undefined | false | readonly Child[]
type Value = string | number | boolean | undefined | ((event: never) => void)

/** An element: functions are listeners, other members are attributes, `undefined` and `false` are left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Readonly<Record<string, Value>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  fill(element, props, children)
  return element
}

const SVG = 'http://www.w3.org/2000/svg'

/** The same, of SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Readonly<Record<string, Value>> = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag)
  fill(element, props, children)
  return element
}

function fill(element: Element, props: Readonly<Record<string, Value>>, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value as EventListener)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  append(element, children)
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined || child === false) continue
    if (typeof child === 'object' && !(child instanceof Node)) append(element, child)
    else element.append(child instanceof Node ? child : String(child))
  }
}

/** Without what a screen, too, would obey: text that is reordered or hidden. */
export { oneLine, visible } from '../../text.ts'
