/** A 1-based line and column. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Turns offsets of a source text into lines and columns. */
export class Lines {
  readonly starts: readonly number[]

  constructor(source: string) {
    const starts = [0]
    for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
    this.starts = starts
  }

  /** The position of an offset. */
  at(offset: number): Position {
    let low = 0
    let high = this.starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - this.starts[low]! + 1 }
  }
}
