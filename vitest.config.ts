import { defineConfig } from 'vitest/config'
import { faultline } from './src/loader/vite.ts'
import { sourceAlias } from './test/helpers/source-alias.ts'

export default defineConfig({
  // The engine's own fixtures only: no other suite is to notice.
  plugins: [
    faultline({
      include: ['fixtures/engine/**', 'fixtures/{jobs,races}/*.{broken,fixed}.ts'],
      exclude: ['**'],
    }),
  ],
  resolve: { alias: sourceAlias },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'fixtures/**'],
    // Where real time is the claim, a test says so and is retried; these only end what hangs.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Several suites start Node or Vitest themselves: more workers than cores only make them time out.
    maxWorkers: 2,
  },
})
