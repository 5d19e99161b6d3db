import './index.ts'

export { type TestSimulation, testSimulation } from './vitest/test-simulation.ts'
