import './index.ts'

export { type TestRaces, testRaces } from './vitest/test-races.ts'
export { type TestSimulation, testSimulation } from './vitest/test-simulation.ts'
