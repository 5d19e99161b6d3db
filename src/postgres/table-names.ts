import { FaultlineError } from '../model/error.ts'
import { didYouMean } from '../queue/nearest.ts'
import type { Table } from './catalog.ts'

/** What `ignore` names: tables and columns, with their schema or without. */
export class TableNames {
  readonly #ignored: ReadonlySet<string>
  readonly #caller: string
  readonly #schemas: ReadonlySet<string>

  /** @throws FaultlineError `FAULTLINE_BAD_OPTION` for a name of no table and no column. */
  constructor(tables: readonly Table[], ignore: readonly string[], caller: string) {
    const known = new Set(
      tables.flatMap(({ schema, name, columns }) => [
        name,
        `${schema}.${name}`,
        ...columns.flatMap((column) => [`${name}.${column.name}`, `${schema}.${name}.${column.name}`]),
      ]),
    )
    for (const name of ignore) {
      if (known.has(name)) continue
      const hint = didYouMean(name, [...known])
      throw new FaultlineError('FAULTLINE_BAD_OPTION', {
        message: `ignore of ${caller} names no table and no column: received '${name}'.`,
        ...(hint === undefined ? undefined : { hint }),
      })
    }
    this.#ignored = new Set(ignore)
    this.#caller = caller
    this.#schemas = new Set(tables.map(({ schema }) => schema))
  }

  isIgnored({ schema, name }: Table, column?: string): boolean {
    const suffix = column === undefined ? '' : `.${column}`
    return this.#ignored.has(`${name}${suffix}`) || this.#ignored.has(`${schema}.${name}${suffix}`)
  }

  /** A schema without tables is most likely a misspelt one. */
  checkSchemas(schemas: readonly string[]): void {
    const missing = schemas.find((name) => !this.#schemas.has(name))
    if (missing === undefined) return
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `schemas of ${this.#caller} names a schema without tables: received '${missing}'.`,
    })
  }
}
