/** Not the virtual one, that asks who wants to know: at what time something is, is known here. */
export const RealDate: DateConstructor = Date
