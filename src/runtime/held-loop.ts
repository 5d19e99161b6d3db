/** Looped over by `for await`: the first value never comes. */
export const noValues: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
}

/** The values of what a `for await` loops over; none of them is asked for while its worker sleeps. */
export async function* afterSleep(sleep: Promise<void>, values: unknown): AsyncGenerator<unknown> {
  await sleep
  yield* values as AsyncIterable<unknown>
}
