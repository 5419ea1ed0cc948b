import { HkError } from '@hk-live/sdk/protocol'
import { bucketStarts, type Span } from './range.ts'
import type { Buckets } from './sources.ts'

const mostPoints = 100_000

/** The buckets of a span by its interval. */
export function bucketsOf(span: Span): Buckets {
  const { interval } = span
  return {
    starts: bucketStarts(span),
    grain: interval === 'minute' || interval === 'hour' ? interval : 'day',
  }
}

/**
 * The points of a series. Empty buckets are 0, never missing; buckets that have not begun are left out, and the
 * running one is marked as partial. Bucket bounds are computed, not taken from the data, so days of 23 and 25 hours
 * are right.
 *
 * @param valuesOf the values of a bucket, by its index
 */
export function pointsOf<T extends object>(
  { starts }: Buckets,
  span: Span,
  now: number,
  valuesOf: (index: number) => T,
): (T & { at: string; partial?: true })[] {
  return starts.flatMap((start, index) => {
    if (start > now) return []
    const end = starts[index + 1] ?? span.to
    const partial = end > now ? { partial: true as const } : {}
    return [{ at: new Date(start).toISOString(), ...valuesOf(index), ...partial }]
  })
}

/**
 * Refuses an answer with a series in each of its rows that would be too large.
 *
 * @throws {HkError} `bad_request`
 */
export function demandFewPoints(rows: number, { starts }: Buckets): void {
  if (rows * starts.length <= mostPoints) return
  throw new HkError(
    'bad_request',
    `${rows} rows with ${starts.length} points each are too many. Take a longer interval, or a smaller limit.`,
    { parameter: 'interval' },
  )
}
