import sql, { type Sql } from 'sql-template-tag'
import { microsOf } from './relation.ts'

/** The number of the bucket that a time is in, from 1: `starts` are the starts of all, in milliseconds since 1970, rising. */
export function bucketOf(at: Sql, { starts }: { readonly starts: readonly number[] }): Sql {
  const [first = 0, second] = starts
  if (second === undefined) return sql`1`
  const offsets = starts.map((start) => start - first)
  const steps = offsets.slice(1).map((offset, index) => offset - (offsets[index] ?? 0))
  const step = steps.reduce(greatestDivisor)
  const place = sql`(${at} - ${microsOf(first)}) // ${microsOf(step)}`
  if (steps.every((one) => one === step)) return sql`least(${place}, ${starts.length - 1}) + 1`
  // Days of 23 and 25 hours, and months: the bucket of each step of their common divisor is looked up.
  const buckets: number[] = []
  for (const [index, offset] of offsets.entries()) {
    for (let at = offset; at < (offsets[index + 1] ?? offset + step); at += step) buckets.push(index + 1)
  }
  return sql`list_extract(${buckets}, least(${place}, ${buckets.length - 1}) + 1)`
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}
