import { expect, test } from 'vitest'
import { requireNode } from '../../../src/loader/node-version.ts'

test.each(['22.18.0', '22.21.1', '24.0.0', '26.1.0'])('Node %s will do', (version) => {
  expect(() => requireNode(version)).not.toThrow()
})

test.each(['18.20.0', '20.20.2', '22.17.9'])('Node %s is refused', (version) => {
  expect(() => requireNode(version)).toThrow(
    expect.objectContaining({
      code: 'FAULTLINE_NODE_VERSION',
      message: expect.stringContaining(`needs Node 22.18 or newer: this is Node ${version}.`),
    }),
  )
})
