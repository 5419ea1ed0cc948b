import type { Range } from '@hk-live/sdk'
import { bucket } from './format.ts'
import { fill } from './words.ts'
import type { Words } from './words.ts'

/** Part by which the later third has to differ from the earlier third to count as rising or falling. */
const threshold = 0.05

/** A series: what it is called, its buckets, and how its values are written. */
export interface Series {
  name: string
  points: readonly { at: string; amount: number | null | undefined; partial?: true | undefined }[]
  write(amount: number | null | undefined): string
}

/**
 * A series in one sentence for those who do not see it: first, last, peak and trend. The unfinished bucket is
 * left out, as it would always read as a fall.
 */
export function summary(
  { name, points, write }: Series,
  { interval, timezone }: Range,
  words: Words,
  locale: string,
): string {
  const known = points.flatMap(({ at, amount, partial }) =>
    typeof amount === 'number' && !partial ? [{ at, amount }] : [],
  )
  const first = known[0]
  const last = known.at(-1)
  if (!first || !last) return ''
  const peak = known.reduce((best, each) => (each.amount > best.amount ? each : best))
  const day = (at: string) => bucket(locale, at, interval, timezone, true)
  return fill(words.summary, {
    metric: name,
    first: write(first.amount),
    firstDay: day(first.at),
    last: write(last.amount),
    lastDay: day(last.at),
    peak: write(peak.amount),
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
