import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { simulate } from 'faultline'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { blocksOf, makeProject, play } from '../helpers/document.ts'
import { startPostgres } from '../helpers/postgres.ts'
import { canStartRedis, startRedis } from '../helpers/redis.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const played = ['README.md', ...globSync('docs/*.md', { cwd: REPOSITORY }).sort()]
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: REPOSITORY }).sort()
/** Commands that are no scripts of this package. */
const others =
  /^(?:npm ci$|npm i -D |(?:UPDATE_GOLDEN=1 )?npx vitest run |node --import faultline\/register )/

test.for(played)('%s does what it says', { timeout: 180_000 }, async (document, { skip }) => {
  const file = path.join(REPOSITORY, document)
  const folder = makeProject(path.basename(document, '.md').toLowerCase())
  const text = readFileSync(file, 'utf8')
  const needsRedis = text.includes("'bullmq'")
  if (needsRedis && !canStartRedis) skip('it needs a redis-server')
  await using database = text.includes("'pg'") ? await postgres() : undefined
  await using broker = needsRedis ? await redis() : undefined
  // Outputs are golden: `npx vitest run test/e2e/readme.test.ts -u` writes them anew.
  await expect(await play(text, folder, { ...database?.env, ...broker?.env })).toMatchFileSnapshot(file)
})

test.each(documents)('%s names commands and files that exist', (document) => {
  const text = readFileSync(path.join(REPOSITORY, document), 'utf8')
  const shell = blocksOf(text).flatMap(({ language, text }) => (language === 'sh' ? text.split('\n') : []))
  const inline = [...text.matchAll(/`(npm (?:run |test)[^`]*)`/g)].map((match) => match[1]!)
  for (const command of [...shell, ...inline].flatMap((line) => line.replace(/ +#.*$/, '').split(' && '))) {
    if (command === '' || others.test(command)) continue
    const script = /^npm (?:run )?(\S+)$/.exec(command)?.[1]
    expect(Object.keys(manifest.scripts), command).toContain(script)
  }
  for (const [, link] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    expect(globSync(path.join(path.dirname(document), link!), { cwd: REPOSITORY }), link).toHaveLength(1)
  }
})

test('the table of options is complete', async () => {
  const refused = simulate(() => {}, { nonsense: true } as object)
  const message = await refused.then(String, (error: Error) => error.message)
  const allowed = /allowed are (.*)\./.exec(message)![1]!.split(', ')
  const text = readFileSync(path.join(REPOSITORY, 'docs/options.md'), 'utf8')
  const table = /^\| option \|.*?\n\n/ms.exec(text)![0]
  const first = [...table.matchAll(/^\| (`[^|]*) \|/gm)].flatMap((row) =>
    row[1]!.replaceAll('`', '').split(', '),
  )
  expect(first.sort()).toEqual(allowed.sort())
})

async function redis() {
  const { connection, stop } = await startRedis({ own: true })
  return { env: { REDIS_PORT: String(connection.port) }, [Symbol.asyncDispose]: stop }
}

async function postgres() {
  const server = await startPostgres()
  return { env: { ...server.env }, [Symbol.asyncDispose]: () => server.stop() }
}
