import { describe, expect, test } from 'vitest'
import { FaultlineError } from '../../../src/model/error.ts'
import { isJobDefinition, isJobRequest } from '../../../src/model/job.ts'
import { defineJob } from '../../../src/queue/define-job.ts'

const perform = (): void => undefined

function messageOf(fn: () => unknown): string {
  try {
    fn()
  } catch (error) {
    if (error instanceof FaultlineError) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('nothing was thrown')
}

test('a definition keeps its options and makes requests', () => {
  const job = defineJob<{ orderId: number }>({ name: 'charge', perform, attempts: 3, backoff: '1s' })
  expect(job).toMatchObject({ name: 'charge', perform, attempts: 3, backoff: '1s' })
  expect(isJobDefinition(job)).toBe(true)
  const request = job.with({ orderId: 7 }, { delay: '5m' })
  expect(isJobRequest(request)).toBe(true)
  expect(request).toMatchObject({ name: 'charge', job, payload: { orderId: 7 }, options: { delay: '5m' } })
  expect(job.with({ orderId: 7 }).options).toEqual({})
})

test('a definition can be spread into another one', () => {
  const job = defineJob<number>({ name: 'charge', perform })
  const patient = defineJob<number>({ ...job, attempts: 9 })
  expect(patient.attempts).toBe(9)
  expect(patient.with(1).job).toBe(patient)
})

describe('what is no job', () => {
  test.each([
    ['nothing', undefined, 'FAULTLINE_BAD_JOB: defineJob takes an object of options: received undefined.'],
    [
      'no name',
      { perform },
      "FAULTLINE_BAD_JOB: The option 'name' of a job must be a string that is not empty: received undefined.",
    ],
    [
      'an empty name',
      { name: '', perform },
      "FAULTLINE_BAD_JOB: The option 'name' of a job must be a string that is not empty: received ''.",
    ],
    [
      'no code',
      { name: 'a' },
      "FAULTLINE_BAD_JOB: The job 'a' has no code: give 'perform', a function, or 'load', a function that imports it.\n" +
        "  hint: perform: async (payload) => { … }, or load: () => import('../src/jobs/a')",
    ],
    [
      'both',
      { name: 'a', perform, load: perform },
      "FAULTLINE_BAD_JOB: The job 'a' has both 'perform' and 'load'; allowed is one of them.",
    ],
    [
      'no function',
      { name: 'a', perform: 1 },
      "FAULTLINE_BAD_JOB: The option 'perform' of job 'a' must be a function: received 1.",
    ],
    [
      'no load',
      { name: 'a', load: './a.ts' },
      "FAULTLINE_BAD_JOB: The option 'load' of job 'a' must be a function: received './a.ts'.",
    ],
    [
      'no onDead',
      { name: 'a', perform, onDead: {} },
      "FAULTLINE_BAD_JOB: The option 'onDead' of job 'a' must be a function: received an object.",
    ],
    [
      'no attempts',
      { name: 'a', perform, attempts: 0 },
      "FAULTLINE_BAD_JOB: The option 'attempts' of job 'a' must be a whole number ≥ 1: received 0.",
    ],
    [
      'a misspelt option',
      { name: 'a', perform, atempts: 3 },
      "FAULTLINE_BAD_JOB: The job 'a' has an option 'atempts' that does not exist; allowed are name, perform, load, attempts, backoff, timeout, lock, onDead.\n" +
        "  hint: Did you mean 'attempts'?",
    ],
    [
      'an unknown option',
      { name: 'a', perform, concurrency: 3 },
      "FAULTLINE_BAD_JOB: The job 'a' has an option 'concurrency' that does not exist; allowed are name, perform, load, attempts, backoff, timeout, lock, onDead.",
    ],
    [
      'a backoff of the wrong kind',
      { name: 'a', perform, backoff: true },
      "FAULTLINE_BAD_JOB: The option 'backoff' of job 'a' must be a duration such as '3s', { type: 'fixed' | 'exponential', delay: duration }, " +
        'or (attempt, error) => duration: received true.',
    ],
    [
      'a backoff of an unknown type',
      { name: 'a', perform, backoff: { type: 'exponental', delay: 1 } },
      "FAULTLINE_BAD_JOB: The backoff of job 'a' has the type 'exponental'; allowed are 'fixed' and 'exponential'.\n" +
        "  hint: Did you mean 'exponential'?",
    ],
    [
      'a backoff without delay',
      { name: 'a', perform, backoff: { type: 'fixed' } },
      "FAULTLINE_BAD_TIME: The backoff of job 'a': its delay is no time: received undefined; allowed is " +
        "a number of milliseconds ≥ 0, or a number with a unit such as '250ms', '3s', '5m', '2h', '14d'.",
    ],
    [
      'a lock that is no time',
      { name: 'a', perform, lock: '30 seconds' },
      "FAULTLINE_BAD_TIME: The lock of job 'a' is no time: received '30 seconds'; allowed is " +
        "a number of milliseconds ≥ 0, or a number with a unit such as '250ms', '3s', '5m', '2h', '14d'.",
    ],
    [
      'no timeout',
      { name: 'a', perform, timeout: 0 },
      "FAULTLINE_BAD_JOB: The option 'timeout' of job 'a' must be a duration > 0, such as '30s': received 0.",
    ],
  ])('%s', (_what, options, message) => {
    expect(messageOf(() => defineJob(options as never))).toBe(message)
  })
})

describe('what is no enqueue', () => {
  const job = defineJob<number>({ name: 'a', perform })
  test.each([
    ['no object', 5, "FAULTLINE_BAD_OPTION: The options of an enqueue of 'a' must be an object: received 5."],
    [
      'a misspelt option',
      { dealy: '5s' },
      "FAULTLINE_BAD_OPTION: An enqueue of 'a' has no option 'dealy'; allowed are delay, runAt, priority, key.\n  hint: Did you mean 'delay'?",
    ],
    [
      'both times',
      { delay: 1, runAt: new Date(0) },
      "FAULTLINE_BAD_OPTION: An enqueue of 'a' has both 'delay' and 'runAt'; allowed is one of them.",
    ],
    [
      'a runAt that is no Date',
      { runAt: '5m' },
      "FAULTLINE_BAD_TIME: The runAt of an enqueue of 'a' is no time: received '5m'; allowed is a valid Date.\n" +
        "  hint: For a time that counts from now give 'delay'.",
    ],
    [
      'an invalid Date',
      { runAt: new Date(Number.NaN) },
      "FAULTLINE_BAD_TIME: The runAt of an enqueue of 'a' is no time: received an invalid Date; allowed is a valid Date, " +
        "a number of milliseconds ≥ 0, or a number with a unit such as '250ms', '3s', '5m', '2h', '14d'.",
    ],
    [
      'no priority',
      { priority: Number.NaN },
      "FAULTLINE_BAD_OPTION: The option 'priority' of an enqueue of 'a' must be a finite number: received NaN.",
    ],
    [
      'no key',
      { key: '' },
      "FAULTLINE_BAD_OPTION: The option 'key' of an enqueue of 'a' must be a string that is not empty: received ''.",
    ],
  ])('%s', (_what, options, message) => {
    expect(messageOf(() => job.with(1, options as never))).toBe(message)
  })
})
