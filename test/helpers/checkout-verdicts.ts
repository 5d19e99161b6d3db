/** Prints every verdict on the jobs of fixtures/projects/checkout as JSON; started by test/e2e/checkout.test.ts. */
import { cutOnCrash, type SimulationReport, simulate } from 'faultline'
import { pool } from '../../fixtures/projects/checkout/src/db.ts'
import * as repaired from '../../fixtures/projects/checkout/src/jobs/fulfil-order.repaired.ts'
import * as written from '../../fixtures/projects/checkout/src/jobs/fulfil-order.ts'
import { fulfilledOnce } from '../../fixtures/projects/checkout/test/fulfilled-once.ts'
import { startWorld } from '../../fixtures/projects/checkout/test/helpers/world.ts'

const world = await startWorld()
const options = { setup: world.placeOrder, onCrash: cutOnCrash(pool), hits: 'all' } as const
const reports: SimulationReport[] = []
for (const { fulfilOrder } of [written, repaired]) {
  reports.push(await simulate(fulfilOrder.with({ orderId: 7 }), fulfilledOnce, options))
}
await world.stop()
console.log(
  JSON.stringify(
    reports.map(({ causes, scenarios }) => ({
      causes: Object.fromEntries(
        causes.map(({ reason, message, scenarios }) => [`${reason}: ${message}`, scenarios]),
      ),
      survived: scenarios.filter(({ outcome }) => outcome === 'survived').map(({ id }) => id),
    })),
  ),
)
