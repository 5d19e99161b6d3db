import { expectTypeOf, test } from 'vitest'
import type { Jsonify } from '../../src/model/job.ts'

test('what JSON keeps stays as it is', () => {
  interface Order {
    id: number
    note?: string
    lines: { sku: string; count: number }[]
    kind: 'new' | 'old'
    parent: Order | null
  }
  expectTypeOf<Jsonify<Order>['lines']>().toEqualTypeOf<{ sku: string; count: number }[]>()
  expectTypeOf<Jsonify<Order>['kind']>().toEqualTypeOf<'new' | 'old'>()
  expectTypeOf<Jsonify<Order>['note']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<Jsonify<[number, string]>>().toEqualTypeOf<[number, string]>()
  expectTypeOf<Jsonify<undefined>>().toEqualTypeOf<undefined>()
  expectTypeOf<Jsonify<unknown>>().toEqualTypeOf<unknown>()
})

test('dates arrive as strings, methods are gone', () => {
  expectTypeOf<Jsonify<Date>>().toEqualTypeOf<string>()
  expectTypeOf<Jsonify<{ at: Date; dates: Date[] }>>().toEqualTypeOf<{ at: string; dates: string[] }>()
  expectTypeOf<Jsonify<{ id: number; save(): void }>>().toEqualTypeOf<{ id: number }>()
  expectTypeOf<Jsonify<{ toJSON(): { cents: number } }>>().toEqualTypeOf<{ cents: number }>()
})
