import { type Program, parseSync, Visitor } from 'oxc-parser'

/** Cheap: without any of these nothing has to be lowered. */
const DECORATED = /(?:^|\bexport|\bdefault|[;{}(,])\s*@[\w([]|\baccessor\b/m
const TYPED = /\b(?:enum|namespace|module|constructor)\b|\bimport\s+\w+\s*=|\bexport\s*=|<\w/

/**
 * Whether Node cannot run the file, even with its types stripped: enums, namespaces with code, parameter
 * properties, `import x = …`, `export =`, `<T>x`, decorators and `accessor`.
 */
export function needsLowering(file: string, source: string): boolean {
  const suspect = DECORATED.test(source) || (/ts$/.test(file) && TYPED.test(source))
  if (!suspect) return false
  const { program, errors } = parseSync(file, source, { sourceType: 'unambiguous' })
  return errors.length === 0 && holdsCode(program)
}

function holdsCode(program: Program): boolean {
  let found = false
  const find = (): void => {
    found = true
  }
  const findUnlessDeclared = (node: { declare?: boolean }): void => {
    if (node.declare !== true) found = true
  }
  new Visitor({
    Decorator: find,
    AccessorProperty: find,
    TSParameterProperty: find,
    TSImportEqualsDeclaration: find,
    TSExportAssignment: find,
    TSTypeAssertion: find,
    TSEnumDeclaration: findUnlessDeclared,
    TSModuleDeclaration: findUnlessDeclared,
  }).visit(program)
  return found
}

/** Whether a source without a stated format is an ES module: also one that is nothing else, by its `await`. */
export function hasModuleSyntax(file: string, source: string): boolean {
  const { module } = parseSync(file, source, { sourceType: 'unambiguous' })
  return module.hasModuleSyntax || (!parses(file, source, 'commonjs') && parses(file, source, 'module'))
}

function parses(file: string, source: string, sourceType: 'commonjs' | 'module'): boolean {
  return parseSync(file, source, { sourceType }).errors.length === 0
}
