/**
 * Simulations as tests of `node:test`: start with `node --import faultline/register --test`.
 *
 * @module
 */
import './index.ts'

export { type NodeTestRaces, testRaces } from './node-test/test-races.ts'
export { type NodeTestSimulation, testSimulation } from './node-test/test-simulation.ts'
