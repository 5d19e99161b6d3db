interface Emitter {
  emit?: (...args: unknown[]) => unknown
}

/**
 * Until the returned function is called, what these pools tell their listeners (`connect`, `acquire` …) is no part of the
 * delivery that asked them for a connection: whether one has to be opened depends on what is left in the pool.
 */
export function poolsApart(pools: readonly Emitter[] = [], outside: <R>(fn: () => R) => R): () => void {
  const restores = pools.map((pool) => {
    const { emit } = pool
    if (typeof emit !== 'function') return () => {}
    const isOwn = Object.hasOwn(pool, 'emit')
    const apart = (...args: unknown[]): unknown => outside(() => emit.apply(pool, args))
    pool.emit = apart
    return () => {
      if (pool.emit !== apart) return
      if (isOwn) pool.emit = emit
      else Reflect.deleteProperty(pool, 'emit')
    }
  })
  return () => {
    for (const restore of restores) restore()
  }
}
