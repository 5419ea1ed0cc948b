/** Limits in memory, by a clock of the test. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createVisitorBound } from '../../server/ingest/visitor-bound.ts'
import { createLimit } from '../../server/limit.ts'

describe('a limit', () => {
  test('lets in no more than a burst and its rate, however much is asked for and when', () => {
    const asked = fc.array(fc.record({ after: fc.integer({ min: 0, max: 3_000 }), amount: fc.integer({ min: 1, max: 40 }) }), { maxLength: 200 })
    fc.assert(
      fc.property(asked, (steps) => {
        let time = 5_000
        const limit = createLimit({ perSecond: 10, burstSeconds: 6, now: () => time })
        let taken = 0
        for (const { after, amount } of steps) {
          time += after
          const waitMs = limit.take('a', amount)
          if (waitMs === 0) taken += amount
          // The last batch may be larger than what was left.
          expect(taken).toBeLessThanOrEqual(60 + ((time - 5_000) / 1_000) * 10 + 40)
          if (waitMs === 0) continue
          time += waitMs
          expect(limit.take('a', amount)).toBe(0)
          taken += amount
        }
      }),
    )
  })

  test('of one key is nobody else\'s', () => {
    const limit = createLimit({ perSecond: 1, burstSeconds: 2, now: () => 0 })
    expect([limit.take('a', 2), limit.take('a', 1) > 0, limit.take('b', 1)]).toEqual([0, true, 0])
  })

  test('of 0 is none', () => {
    const limit = createLimit({ perSecond: 0, burstSeconds: 60 })
    expect(Array.from({ length: 1_000 }, () => limit.take('a', 1_000)).every((waitMs) => waitMs === 0)).toBe(true)
  })

  test('remembers so many keys and no more, those that are used', () => {
    const limit = createLimit({ perSecond: 1, burstSeconds: 1, keys: 100, now: () => 0 })
    limit.take('kept', 5)
    for (let key = 0; key < 10_000; key++) {
      limit.take(`other ${key}`, 1)
      expect(limit.take('kept', 1)).toBeGreaterThan(0)
    }
    expect(limit.take('other 1', 1)).toBe(0)
  })
})

describe('the bound of a visitor', () => {
  test('holds for each by itself, and 0 is none', () => {
    const bound = createVisitorBound(3)
    expect([1, 2, 3, 4, 5].map(() => bound.admit('a'))).toEqual([true, true, true, false, false])
    expect(bound.admit('b')).toBe(true)
    const none = createVisitorBound(0)
    expect([1, 2, 3].map(() => none.admit('a'))).toEqual([true, true, true])
  })
})
