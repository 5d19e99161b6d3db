import { type Program, parseSync, Visitor } from 'oxc-parser'

/** Cheap: a file without any of these words holds nothing that Node cannot strip. */
const SUSPECT = /@|\b(?:enum|namespace|module|accessor|constructor)\b|\bimport\s+\w+\s*=|\bexport\s*=|<\w/

/**
 * Whether Node cannot run the file by stripping its types: enums, namespaces with code, parameter properties,
 * `import x = …`, `export =`, `<T>x`, decorators and `accessor`.
 */
export function needsLowering(file: string, source: string): boolean {
  if (!SUSPECT.test(source)) return false
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

/** Whether a source without a stated format is an ES module. */
export function hasModuleSyntax(file: string, source: string): boolean {
  return parseSync(file, source, { sourceType: 'unambiguous' }).module.hasModuleSyntax
}
