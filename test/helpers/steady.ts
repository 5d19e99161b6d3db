import { REPOSITORY } from './source-alias.ts'

/** What a program printed, without what differs from run to run: times, versions, where the repository is. */
export function steady(output: string): string {
  return output
    .replaceAll(REPOSITORY, '<repository>')
    .replaceAll(/(took|·|\)) [\d.,]+ ?m?s\b/g, '$1 <time>')
    .replaceAll(/^( +(?:Start at|Duration) +).*$/gm, '$1<time>')
    .replaceAll(/ \d+ ?ms$/gm, ' <time>')
    .replaceAll(/v\d+\.\d+\.\d+/g, '<version>')
    .replaceAll(/[ \t]+$/gm, '')
}

/** The same of Node and its test runner: without their times, and without Node's own frames. */
export function steadyNode(output: string): string {
  return steady(output)
    .replaceAll(/\(\d+\.\d+ms\)/g, '(<time>)')
    .replaceAll(/(duration_ms) [\d.]+/g, '$1 <time>')
    .replaceAll(/^ +at .*\bnode:.*\n/gm, '')
}
