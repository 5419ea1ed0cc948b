import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { around, backoff, probe } from '../../sdk/retry.ts'

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('back-off is a random part of a window that doubles from 1 s to 30 s', () => {
  const windows = [1, 2, 3, 4, 5, 6, 7, 60].map((failures) => backoff(failures, 0, () => 1))
  expect(windows).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  expect(backoff(5, 0, () => 0)).toBe(0)
})

test('back-off never undercuts what the service asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(3_600_000), random, (failures, floor, part) => {
      const ms = backoff(failures, floor, () => part)
      expect(ms).toBeGreaterThanOrEqual(floor)
      expect(ms).toBeLessThanOrEqual(floor + 30_000)
    }),
  )
})

test('polls stay within 20 % of their time', () => {
  expect(around(30_000, () => 0)).toBeCloseTo(24_000)
  expect(around(30_000, () => 1)).toBeCloseTo(36_000)
})

test('a stream that does not get through is tried again after 5 to 30 minutes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 50 }), random, (strikes, part) => {
      expect(probe(strikes, () => part)).toBeGreaterThanOrEqual(5 * 60_000)
      expect(probe(strikes, () => part)).toBeLessThanOrEqual(30 * 60_000)
    }),
  )
  expect(probe(Infinity, () => 1)).toBe(30 * 60_000)
})
