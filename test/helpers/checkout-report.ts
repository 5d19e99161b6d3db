/**
 * Prints the report file of the checkout project's job, as written and repaired, under every fault. Started with
 * `--import register-source.ts` in the project's folder.
 */
import { cutOnCrash, simulate } from 'faultline'
import { pool } from '../../fixtures/projects/checkout/src/db.ts'
import * as repaired from '../../fixtures/projects/checkout/src/jobs/fulfil-order.repaired.ts'
import * as written from '../../fixtures/projects/checkout/src/jobs/fulfil-order.ts'
import { fulfilledOnce } from '../../fixtures/projects/checkout/test/fulfilled-once.ts'
import { startWorld } from '../../fixtures/projects/checkout/test/helpers/world.ts'
import { reportFileOf, serializeReportFile } from '../../src/report/file/index.ts'

const world = await startWorld()
try {
  const simulations = []
  for (const [name, { fulfilOrder }] of Object.entries({
    'fulfil order': written,
    'fulfil order, repaired': repaired,
  })) {
    const report = await simulate(fulfilOrder.with({ orderId: 7 }), fulfilledOnce, {
      name,
      setup: world.placeOrder,
      onCrash: cutOnCrash(pool),
      faults: 'all',
      now: new Date('2026-01-05T09:00:00Z'),
    })
    const command = 'npx vitest run test/fulfil-order.test.ts'
    simulations.push({ report: { ...report, command }, testFile: 'test/fulfil-order.test.ts' })
  }
  console.log(serializeReportFile(reportFileOf({ simulations })))
} finally {
  await world.stop()
}
