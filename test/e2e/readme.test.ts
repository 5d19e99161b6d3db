import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { blocksOf, makeProject, play } from '../helpers/document.ts'
import { startPostgres } from '../helpers/postgres.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const documents = ['README.md', ...globSync('docs/*.md', { cwd: REPOSITORY }).sort()]

test.each(documents)('%s does what it says', { timeout: 180_000 }, async (document) => {
  const file = path.join(REPOSITORY, document)
  const folder = makeProject(path.basename(document, '.md').toLowerCase())
  const text = readFileSync(file, 'utf8')
  await using server = text.includes("'pg'") ? await postgres() : undefined
  const played = await play(text, folder, server?.env)
  // Outputs are golden: `npx vitest run test/e2e/readme.test.ts -u` writes them anew.
  await expect(played).toMatchFileSnapshot(file)
})

test.each(['CONTRIBUTING.md', ...documents])('%s names commands that exist', (document) => {
  const text = readFileSync(path.join(REPOSITORY, document), 'utf8')
  const commands = blocksOf(text).flatMap(({ language, text }) =>
    language === 'sh' ? text.trim().split('\n') : [],
  )
  for (const command of commands.flatMap((line) => line.replace(/ +#.*$/, '').split(' && '))) {
    const script = /^npm (?:run )?(\S+)$/.exec(command)?.[1]
    if (script === 'ci' || /^(?:npm i -D|npx vitest run|node --import faultline\/register) /.test(command))
      continue
    expect(Object.keys(manifest.scripts), command).toContain(script)
  }
})

test.each(documents)('%s links to what exists', (document) => {
  const text = readFileSync(path.join(REPOSITORY, document), 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1]!)
  for (const link of links) {
    const target = path.join(path.dirname(document), link)
    expect(globSync(target, { cwd: REPOSITORY }), link).toHaveLength(1)
  }
})

async function postgres() {
  const server = await startPostgres()
  return { env: { ...server.env }, [Symbol.asyncDispose]: () => server.stop() }
}
