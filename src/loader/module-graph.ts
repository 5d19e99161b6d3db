/** Who imports whom, as far as it matters to which modules are a worker's own; ids are whatever the loader uses. */
export class ModuleGraph {
  /** What was loaded before the first worker: what the test file imports, what `boot` and `setup` do. */
  readonly #world: ReadonlySet<string>
  /** From where a job's `load` imports what: that alone makes nothing part of the test's world. */
  readonly #loads = new Map<string, Set<string>>()

  constructor(world: Iterable<string>) {
    this.#world = new Set(world)
  }

  isWorld(id: string): boolean {
    return this.#world.has(id)
  }

  /** A job's `load` imported `id`; the code that did so is in `importer`. */
  loads(id: string, importer: string): void {
    const importers = this.#loads.get(id) ?? new Set()
    this.#loads.set(id, importers.add(importer))
  }

  /**
   * The modules that only workers hold: not those that were there before, that are to be kept, or that either of
   * them imports. An object that went from a module to both a worker and the test must stay one object.
   */
  owned(
    ids: Iterable<string>,
    importersOf: (id: string) => ReadonlySet<string>,
    isKept: (id: string) => boolean,
  ): Set<string> {
    const owned = new Set<string>()
    for (const id of ids) if (!this.#world.has(id) && !isKept(id)) owned.add(id)
    const isTheirs = (id: string): boolean => {
      const importers = importersOf(id)
      const loads = this.#loads.get(id)
      for (const importer of importers) if (!owned.has(importer) && !loads?.has(importer)) return false
      return importers.size > 0
    }
    for (let before = -1; before !== owned.size; ) {
      before = owned.size
      for (const id of owned) if (!isTheirs(id)) owned.delete(id)
    }
    return owned
  }
}
