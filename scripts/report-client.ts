/**
 * `npm run report-client`: bundles the HTML report's script and style into `src/report/html/client-bundle.ts`, which
 * is committed: the sources run as they are, and the package needs no bundler. A test holds it up to date.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = path.join(import.meta.dirname, '../src/report/html')
export const GENERATED: string = path.join(folder, 'client-bundle.ts')

/** The text of the generated file. */
export async function reportClient(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, 'client/main.ts'), path.join(folder, 'client/styles/index.css')],
    bundle: true,
    minify: true,
    write: false,
    outdir: folder,
    format: 'iife',
    charset: 'utf8',
    legalComments: 'none',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    alias: { 'node:util': path.join(folder, 'client/control-characters.ts') },
  })
  const textOf = (ending: string): string =>
    outputFiles
      .find((file) => file.path.endsWith(ending))!
      .text.trim()
      // Neither may end its element.
      .replaceAll('</script', '<\\/script')
      .replaceAll('<!--', '<\\!--')
  return `// Made by \`npm run report-client\` of client/; not to be edited.
export const CLIENT_SCRIPT: string = ${JSON.stringify(textOf('.js'))}
export const CLIENT_STYLE: string = ${JSON.stringify(textOf('.css'))}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(GENERATED, await reportClient())
