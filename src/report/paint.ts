import pc from 'picocolors'

/** The colours of a report: picocolors' functions, or ones that change nothing. */
export type Paint = ReturnType<typeof pc.createColors>

/** The colours; by default as `NO_COLOR`, `FORCE_COLOR` and the terminal say. */
export function paintFor(colors?: boolean): Paint {
  return colors === undefined ? pc.createColors() : pc.createColors(colors)
}
