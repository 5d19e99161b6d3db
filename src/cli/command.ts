import type { ParseArgsOptionDescriptor } from 'node:util'

/** What a command is given. */
export interface CommandInput {
  readonly positionals: readonly string[]
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly cwd: string
  /** The file that was started, as a URL: children are started from it. */
  readonly entry: string
  /** Writes a line to standard output. */
  readonly print: (text: string) => void
}

/** An option of a command: `node:util`'s own, what its value is called, and what it is for. */
export interface CommandOption extends Pick<ParseArgsOptionDescriptor, 'type' | 'short'> {
  readonly value?: string
  readonly about: string
}

/** One command of `faultline`. */
export interface Command {
  readonly name: string
  /** `<file>…`: what follows the name. */
  readonly takes: string
  /** In one line. */
  readonly about: string
  /** How it is used, and what its exit codes mean. */
  readonly teaches: string
  readonly options: Readonly<Record<string, CommandOption>>
  /** Not shown by `--help`. */
  readonly hidden?: boolean
  /** Resolves to the exit code. */
  run(input: CommandInput): Promise<number> | number
}

/** The exit codes of every command. */
export const exitCodes = { survived: 0, notResilient: 1, usedWrongly: 2 } as const
