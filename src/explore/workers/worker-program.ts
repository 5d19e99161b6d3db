import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { FaultlineError } from '../../model/error.ts'
import { bad, kind, unknownName } from '../bad-option.ts'
import type { WorkerPlan, WorkerProgram } from './options.ts'

const names = ['file', 'args', 'env', 'cwd', 'nodeArgs'] as const satisfies readonly (keyof WorkerProgram)[]

/** The program of the option `worker`, checked and filled in. */
export function programOf(worker: unknown): WorkerPlan<unknown>['program'] {
  const given = typeof worker === 'string' ? { file: worker } : (worker as WorkerProgram | undefined)
  if (typeof given?.file !== 'string' || given.file === '')
    throw bad(
      `worker: received ${kind(worker)}; allowed is the file of a program, or { file, args, env, cwd, nodeArgs }.`,
    )
  for (const name of Object.keys(given))
    if (!(names as readonly string[]).includes(name)) throw unknownName('option of worker', name, names)
  const { file, args = [], cwd = process.cwd(), nodeArgs = [], env } = given
  for (const [name, list] of Object.entries({ args, nodeArgs }))
    if (!Array.isArray(list) || !list.every((one) => typeof one === 'string'))
      throw bad(`worker.${name}: received ${kind(list)}; allowed is a list of texts.`)
  const own = env === undefined ? undefined : checkedEnv(env)
  if (typeof cwd !== 'string' || !existsSync(cwd))
    throw bad(`worker.cwd: received ${kind(cwd)}; allowed is a folder that exists.`)
  if (!statSync(path.resolve(cwd, file), { throwIfNoEntry: false })?.isFile())
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `worker: there is no file ${kind(file)} in ${path.resolve(cwd)}; allowed is a file that Node can run.`,
      hint: "For a script of package.json: the file that it starts, as { file: 'src/worker.ts', args, nodeArgs, env }.",
    })
  return { file, args, cwd: path.resolve(cwd), nodeArgs, ...own }
}

function checkedEnv(env: unknown): Pick<WorkerPlan<unknown>['program'], 'env'> {
  const values = typeof env === 'object' && env !== null && !Array.isArray(env) ? Object.values(env) : [env]
  if (typeof env === 'object' && values.every((one) => one === undefined || typeof one === 'string'))
    return { env: env as Record<string, string | undefined> }
  throw bad(`worker.env: received ${kind(env)}; allowed is an object of texts, such as { LOCK_MS: '200' }.`)
}
