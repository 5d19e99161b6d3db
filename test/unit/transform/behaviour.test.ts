import { compileFunction } from 'node:vm'
import { transformSync } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { transform } from '../../../src/transform/transform.ts'
import { type StubMode, stubRuntime, withRuntime } from '../../helpers/stub-runtime.ts'
import { behaviourCases, type Case, orderCases } from './behaviour-cases.ts'

type Log = (...values: unknown[]) => unknown
interface Module {
  run(): unknown
}

const modes: StubMode[] = ['off', 'on', 'armed']

/** Instruments, strips types where there are any, and evaluates as a CommonJS module. */
function load([name, source, language]: Case, mode: StubMode | 'original', log: Log): Module {
  const extension = language ?? 'cjs'
  const result =
    mode === 'original' ? undefined : transform(source, { file: `case.${extension}`, root: '/app' })
  if (mode !== 'original') expect(result?.points.length, name).toBeGreaterThan(0)
  const legacy = name.startsWith('legacy')
  const code =
    language === undefined ? (result?.code ?? source) : strip(result?.code ?? source, language, legacy)
  const module = { exports: {} as Module }
  const evaluate = compileFunction(code, ['exports', 'module', 'require', 'log'], { filename: 'case.js' })
  withRuntime(mode === 'original' ? undefined : stubRuntime(mode), () => {
    evaluate(module.exports, module, process.getBuiltinModule, log)
  })
  return module.exports
}

function strip(code: string, loader: 'ts' | 'tsx', experimentalDecorators: boolean): string {
  const tsconfigRaw = { compilerOptions: { experimentalDecorators } }
  return transformSync(code, { loader, format: 'cjs', target: 'es2022', tsconfigRaw }).code
}

async function outcome(testCase: Case, mode: StubMode | 'original', ticks: number): Promise<unknown[]> {
  const log: unknown[] = []
  const module = load(testCase, mode, (...values) => {
    log.push(...values)
    return values[0]
  })
  let live = true
  const tick = async (): Promise<void> => {
    for (let n = 1; live && n <= ticks; n++) {
      await null
      if (live) log.push(`tick ${n}`)
    }
  }
  const beside = tick()
  try {
    const result = await module.run()
    log.push('result', result)
  } catch (error) {
    log.push('error', String(error))
  }
  live = false
  await beside
  return log
}

describe('instrumented code does what the source does', () => {
  for (const testCase of behaviourCases) {
    test(testCase[0], async () => {
      const expected = await outcome(testCase, 'original', 0)
      expect(expected).not.toContain('error')
      for (const mode of [...modes, 'held'] as const) {
        expect(await outcome(testCase, mode, 0), mode).toEqual(expected)
      }
    })
  }
})

describe('the order of microtasks is that of the source', () => {
  for (const testCase of [...orderCases, ...behaviourCases.filter(([name]) => name.startsWith('async'))]) {
    test(testCase[0], async () => {
      const expected = await outcome(testCase, 'original', 200)
      for (const mode of modes) expect(await outcome(testCase, mode, 200), mode).toEqual(expected)
    })
  }
})

test('there are at least 60 cases of behaviour and 20 of order', () => {
  expect(behaviourCases.length).toBeGreaterThanOrEqual(60)
  expect(orderCases.length).toBeGreaterThanOrEqual(20)
})
