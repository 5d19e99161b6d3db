import { crash, type Glitch, glitchBeforeCall, glitchBeforeReturn } from 'faultline'
import { expectTypeOf, test } from 'vitest'

test('a function that tells calls and returns apart takes what the code has', () => {
  const made = () => [
    glitchBeforeCall('chargeOrder', crash(), { args: (order) => order.total > 100 }),
    glitchBeforeCall('chargeOrder', crash(), { args: (order: { total: number }) => order.total > 100 }),
    glitchBeforeCall('chargeOrder', crash(), { args: ['a@b.c'] }),
    glitchBeforeReturn('chargeOrder', crash(), { returns: (receipt) => receipt.paid }),
    glitchBeforeReturn('chargeOrder', crash(), { returns: (receipt: { paid: boolean }) => receipt.paid }),
    glitchBeforeReturn('chargeOrder', crash(), { returns: undefined }),
    glitchBeforeReturn('chargeOrder', crash(), { returns: { paid: true }, hit: 2 }),
    glitchBeforeReturn('chargeOrder', crash(), { returns: 7n }),
  ]
  expectTypeOf(made).returns.toEqualTypeOf<Glitch[]>()
})
