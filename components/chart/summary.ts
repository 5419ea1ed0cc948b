import type { Metric, Point, Range } from '@hk-live/sdk'
import { bucket, value } from '../element/format.ts'
import { fill } from '../element/words.ts'
import type { Words } from '../element/words.ts'

/** Part by which the later third has to differ from the earlier third to count as rising or falling. */
const threshold = 0.05

/**
 * A series in one sentence for those who do not see it: first, last, peak and trend. The unfinished bucket is
 * left out, as it would always read as a fall.
 */
export function summary(
  points: readonly Point[],
  metric: Metric,
  { interval, timezone }: Range,
  words: Words,
  locale: string,
): string {
  const known = points.flatMap((point) => {
    const amount = point[metric]
    return typeof amount === 'number' && !point.partial ? [{ at: point.at, amount }] : []
  })
  const first = known[0]
  const last = known.at(-1)
  if (!first || !last) return ''
  const peak = known.reduce((best, each) => (each.amount > best.amount ? each : best))
  const day = (at: string) => bucket(locale, at, interval, timezone, true)
  const amount = (each: { amount: number }) => value(locale, metric, each.amount)
  return fill(words.summary, {
    metric: words.metrics[metric],
    first: amount(first),
    firstDay: day(first.at),
    last: amount(last),
    lastDay: day(last.at),
    peak: amount(peak),
    peakDay: day(peak.at),
    trend: words.trend[trend(known.map((each) => each.amount))],
  })
}

/** Which way a series goes: its last third against its first. */
export function trend(amounts: readonly number[]): 'rising' | 'falling' | 'steady' {
  const third = Math.max(1, Math.floor(amounts.length / 3))
  const mean = (part: readonly number[]) => part.reduce((sum, amount) => sum + amount, 0) / part.length
  const before = mean(amounts.slice(0, third))
  const after = mean(amounts.slice(-third))
  const change = (after - before) / (before || after || 1)
  if (Math.abs(change) < threshold) return 'steady'
  return change > 0 ? 'rising' : 'falling'
}
