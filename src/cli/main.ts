import { parseArgs } from 'node:util'
import { isFaultlineError } from '../model/error.ts'
import { VERSION } from '../model/version.ts'
import { type Command, exitCodes } from './command.ts'
import { commands } from './commands.ts'
import { helpOf, overview } from './help.ts'
import { nearest, usedWrongly } from './used-wrongly.ts'

/**
 * The program `faultline`: resolves to its exit code.
 *
 * @param args what follows `faultline`
 * @param entry the URL of the file that was started
 */
export async function main(args: readonly string[], entry: string): Promise<number> {
  try {
    return await dispatch(args, entry)
  } catch (error) {
    process.stderr.write(isFaultlineError(error) ? `faultline: ${error.message}\n` : `${stackOf(error)}\n`)
    return exitCodes.usedWrongly
  }
}

async function dispatch([name, ...rest]: readonly string[], entry: string): Promise<number> {
  const print = (text: string): void => void process.stdout.write(`${text}\n`)
  if (name === undefined) {
    process.stderr.write(overview(VERSION))
    return exitCodes.usedWrongly
  }
  if (name === '--version' || name === '-v') print(VERSION)
  else if (name === '--help' || name === '-h' || name === 'help') return help(rest[0], print)
  else return start(commandOf(name), rest, entry, print)
  return exitCodes.survived
}

function help(name: string | undefined, print: (text: string) => void): number {
  print((name === undefined ? overview(VERSION) : helpOf(commandOf(name))).trimEnd())
  return exitCodes.survived
}

function commandOf(name: string): Command {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const names = commands.filter(({ hidden }) => hidden !== true).map((command) => command.name)
  throw usedWrongly(
    `There is no command '${name}'; allowed are ${names.join(', ')}.`,
    nearest(name, names) ?? '`faultline --help` explains them.',
  )
}

async function start(
  command: Command,
  rest: readonly string[],
  entry: string,
  print: (text: string) => void,
): Promise<number> {
  const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const
  const parsed = parse(command, rest, options)
  if (parsed.values.help === true) return help(command.name, print)
  const { positionals, values } = parsed
  return command.run({ positionals, values, cwd: process.cwd(), entry, print })
}

function parse(
  command: Command,
  args: readonly string[],
  options: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>,
): { positionals: string[]; values: Record<string, string | boolean | undefined> } {
  const plain = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  )
  try {
    const { positionals, values } = parseArgs({ args: [...args], options: plain, allowPositionals: true })
    return { positionals, values: { ...values } as Record<string, string | boolean | undefined> }
  } catch (cause) {
    const [, unknown] = /Unknown option '(-[^']+)'/.exec((cause as Error).message) ?? []
    const flags = Object.keys(options).map((name) => `--${name}`)
    if (unknown === undefined) throw usedWrongly((cause as Error).message, seeHelp(command))
    throw usedWrongly(
      `faultline ${command.name} has no option '${unknown}'; allowed are ${flags.join(', ')}.`,
      nearest(unknown, flags) ?? seeHelp(command),
    )
  }
}

function seeHelp({ name }: Command): string {
  return `\`faultline ${name} --help\` explains it.`
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
