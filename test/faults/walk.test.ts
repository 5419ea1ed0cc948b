import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { watchTimers } from '../support/timers.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type Move, World } from '../support/world.ts'

const common = { pick: fc.nat(1_000_000), node: fc.nat(2) }
const plain = ['drop', 'pause', 'resume', 'again', 'revoke', 'delete', 'renew', 'unlisten', 'deafen'] as const
const weights: Record<(typeof plain)[number], number> = {
  drop: 8,
  pause: 16,
  resume: 16,
  again: 10,
  revoke: 5,
  delete: 1,
  renew: 1,
  unlisten: 4,
  deafen: 8,
}

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 80,
    arbitrary: fc.record({ ...common, type: fc.constant('write'), what: fc.nat(4), items: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 48,
    arbitrary: fc.record({
      ...common,
      type: fc.constant('connect'),
      from: fc.nat(7),
      at: fc.nat(1_000_000),
      socket: fc.boolean(),
    }),
  },
  { weight: 14, arbitrary: fc.record({ ...common, type: fc.constant('wait'), ms: fc.nat(2_000) }) },
  ...plain.map((type) => ({ weight: weights[type], arbitrary: fc.record({ ...common, type: fc.constant(type) }) })),
)

test('in a thousand random operations over three nodes no reader misses, forges or outlives anything', async () => {
  const walks = fc.array(fc.noBias(moves), { minLength: 1_000, maxLength: 1_000, size: 'max' })
  const property = fc.asyncProperty(walks, async (walk) => {
    const databaseUrl = await freshDatabase()
    using timers = watchTimers('/server/')
    {
      await using world = await World.open(databaseUrl, timers)
      for (const move of walk) await world.act(move)
      await world.settle()
    }
    expect(timers.origins).toEqual([])
  })
  // A walk of a thousand cannot be made shorter in a time that anybody would wait: its seed says enough.
  const { failed, seed, errorInstance } = await fc.check(property, { numRuns: 3, endOnFailure: true })
  if (failed) throw new Error(`The walk with the seed ${seed} failed.`, { cause: errorInstance })
}, 180_000)
