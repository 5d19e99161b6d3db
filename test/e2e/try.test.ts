import { test } from 'vitest'
import path from 'node:path'
import { readFileSync } from 'node:fs'
import { simulate } from 'faultline'
import { reset } from '../../fixtures/jobs/world.ts'
const [name, kind, full] = (process.env.PAIR ?? '').split(' ')
test('try', { timeout: 200_000 }, async () => {
  const file = `fixtures/jobs/${name}.${kind}.ts`
  const { spec } = await import(path.resolve(file))
  const fam = [spec.family].flat().filter((f: string) => f !== 'payloads')
  const report = await simulate(spec.job, () => spec.check(), {
    setup() { reset(); spec.given?.() },
    faults: kind === 'fixed' ? (process.env.FAULTS?.split(',') as any ?? 'all') : fam.length ? fam : ['error'], depth: kind === 'fixed' ? Number(process.env.DEPTH ?? 2) : spec.depth ?? 1,
    hits: 'edges', hangAfterMs: 1000, now: new Date('2026-03-01T12:00:00Z'), payloads: spec.payloads, whenDead: spec.whenDead,
  })
  const lines = readFileSync(file, 'utf8').split('\n')
  console.log(report.summary)
  if (full) { console.log(String(report)); return }
  for (const f of report.failures.slice(0, 30)) console.log(f.id, f.outcome, f.reason, f.error?.message.slice(0, 200))
})
