import sql, { type Sql } from 'sql-template-tag'
import { microsOf } from '../../engine/index.ts'

/** The number of the bucket that a time is in, from 1: `starts` are the starts of all, in milliseconds since 1970, rising. */
export function bucketOf(at: Sql, { starts }: { readonly starts: readonly number[] }): Sql {
  const [first = 0, second] = starts
  if (second === undefined) return sql`1`
  const steps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0))
  const step = steps.reduce((least, one) => Math.min(least, one))
  const place = sql`(${at} - ${microsOf(first)}) // ${microsOf(step)}`
  if (steps.every((one) => one === step)) return sql`least(${place}, ${starts.length - 1}) + 1`
  // Days of 23 and 25 hours, and months: time is cut by the shortest, so that within each cut at most one other begins.
  const cuts: { readonly bucket: number; readonly next: number }[] = []
  for (let bucket = 1; bucket < starts.length; ) {
    const start = first + cuts.length * step
    while ((starts[bucket] ?? Infinity) <= start) bucket++
    const next = starts[bucket]
    cuts.push({ bucket, next: next === undefined ? Number.MAX_SAFE_INTEGER : microsOf(next) })
  }
  const cut = sql`least(${place}, ${cuts.length - 1}) + 1`
  const next = sql`list_extract(${cuts.map(({ next }) => next)}, ${cut})`
  return sql`list_extract(${cuts.map(({ bucket }) => bucket)}, ${cut}) + (${at} >= ${next})::integer`
}
