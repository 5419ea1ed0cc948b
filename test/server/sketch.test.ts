import { describe, expect, test } from 'bun:test'
import { vitalBounds, vitals } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { bucketOfValue, scaleOf, sketchError, zeroBucket } from '../../server/store/sketch.ts'

/** The middle of a bucket, as reports read it. */
function middleOf(vital: (typeof vitals)[number], bucket: number): number {
  const { good, growth } = scaleOf(vital)
  return (good * Math.exp(growth * bucket) * 2) / (1 + Math.exp(growth))
}

describe.each([...vitals])('the buckets of %s', (vital) => {
  const scale = scaleOf(vital)
  const [good, poor] = vitalBounds[vital]
  const value = fc.double({ min: 1e-9, max: 1e12, noNaN: true })

  test('are at most 1 % away from every value in them', () => {
    fc.assert(
      fc.property(value, (one) => {
        const middle = middleOf(vital, bucketOfValue(scale, one))
        expect(Math.abs(middle - one) / one).toBeLessThanOrEqual(sketchError + 1e-9)
      }),
    )
  })

  test('never rise while values fall', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(bucketOfValue(scale, low)).toBeLessThanOrEqual(bucketOfValue(scale, high))
      }),
    )
  })

  test('end exactly where ratings do', () => {
    const above = (bound: number) => bound * (1 + Number.EPSILON)
    expect([good, above(good), poor, above(poor)].map((one) => bucketOfValue(scale, one))).toEqual([
      0,
      1,
      scale.k,
      scale.k + 1,
    ])
    expect(middleOf(vital, 0)).toBeLessThan(good)
    expect(middleOf(vital, 1)).toBeGreaterThan(good)
    expect(middleOf(vital, scale.k)).toBeLessThan(poor)
    expect(middleOf(vital, scale.k + 1)).toBeGreaterThan(poor)
  })

  test('hold 0 and next to nothing in one of its own, and end somewhere', () => {
    expect(bucketOfValue(scale, 0)).toBe(zeroBucket)
    expect(bucketOfValue(scale, Number.MIN_VALUE)).toBe(zeroBucket)
    expect(middleOf(vital, bucketOfValue(scale, Number.MAX_VALUE))).toBeGreaterThan(1e100)
    expect(middleOf(vital, bucketOfValue(scale, Number.MAX_VALUE))).toBeLessThan(Infinity)
  })
})
