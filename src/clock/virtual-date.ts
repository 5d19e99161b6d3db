import { execution } from '../model/context.ts'

/**
 * A `Date` that cannot be told from the original, but that asks the execution context what time it is.
 * Outside of a context it is exactly the original.
 */
export function makeVirtualDate(original: DateConstructor): DateConstructor {
  function VirtualDate(this: unknown, ...args: unknown[]): unknown {
    const nowMs =
      args.length === 0 || new.target === undefined ? execution.getStore()?.clock.nowMs() : undefined
    if (new.target === undefined) return nowMs === undefined ? original() : new original(nowMs).toString()
    const target = (new.target as unknown) === VirtualDate ? original : new.target
    return Reflect.construct(original, nowMs === undefined ? args : [nowMs], target)
  }
  const now = (): number => {
    const nowMs = execution.getStore()?.clock.nowMs()
    return nowMs === undefined ? original.now() : Math.floor(nowMs)
  }
  Object.defineProperties(VirtualDate, {
    ...Object.getOwnPropertyDescriptors(original),
    now: { ...Object.getOwnPropertyDescriptor(original, 'now'), value: now },
  })
  Object.setPrototypeOf(VirtualDate, Object.getPrototypeOf(original))
  return VirtualDate as unknown as DateConstructor
}
