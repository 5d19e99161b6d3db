import type { Command, CommandOption } from './command.ts'
import { commands } from './commands.ts'

/** What `faultline --help` shows. */
export function overview(version: string): string {
  const shown = commands.filter(({ hidden }) => hidden !== true)
  const width = Math.max(...shown.map(({ name, takes }) => name.length + takes.length + 1))
  const rows = shown.map(({ name, takes, about }) => `  ${`${name} ${takes}`.padEnd(width)}   ${about}`)
  return `faultline ${version}: chaos tests for background jobs

Usage: faultline <command> [options]

${rows.join('\n')}

A first run:
  faultline points src/jobs/charge.ts        where this job can fail
  faultline run simulations/charge.ts        what happens when it does
  faultline gate --min 100                   fail the build where it does not survive

\`faultline <command> --help\` explains one command, with an example.
Exit codes: 0 survived, 1 not resilient, 2 used wrongly.
FAULTLINE_SHARD=1/4 runs a quarter of the scenarios; \`merge\` puts the reports together.
`
}

/** What `faultline <command> --help` shows. */
export function helpOf({ name, takes, about, teaches, options }: Command): string {
  const rows = Object.entries(options).map(([option, its]) => [flagOf(option, its), its.about] as const)
  const width = Math.max(...rows.map(([flag]) => flag.length))
  const list = rows.map(([flag, text]) => `  ${flag.padEnd(width)}   ${text}`)
  return `faultline ${name} ${takes}

${about}.

${list.length === 0 ? '' : `${list.join('\n')}\n\n`}${teaches.trim()}
`
}

function flagOf(option: string, { short, value }: CommandOption): string {
  return `${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`
}
