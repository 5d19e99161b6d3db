/** Equal values once, in the order in which they came. */
export class Table<T> {
  readonly rows: T[] = []
  readonly #indexes = new Map<string, number>()
  readonly #keyOf: (value: T) => string

  constructor(keyOf: (value: T) => string = JSON.stringify, rows: readonly T[] = []) {
    this.#keyOf = keyOf
    for (const row of rows) this.append(row)
  }

  /** Adds a row even where an equal one is known. */
  append(value: T): void {
    const key = this.#keyOf(value)
    if (!this.#indexes.has(key)) this.#indexes.set(key, this.rows.length)
    this.rows.push(value)
  }

  /** The index of the value; it is added where it is new. */
  indexOf(value: T): number {
    const known = this.#indexes.get(this.#keyOf(value))
    if (known !== undefined) return known
    this.append(value)
    return this.rows.length - 1
  }
}
