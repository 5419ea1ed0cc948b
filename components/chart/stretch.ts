import type { Point, Range } from '@hk-live/sdk'
import { date, shiftOf } from '../element/intl.ts'
import type { Stretch } from './cursor.ts'

/**
 * The range that a stretch of a series covers: first and last day in the time zone of the site; where buckets are
 * shorter than a day, instants, of which the second is excluded.
 */
export function daysOf(points: readonly Point[], { from, to, interval, timezone }: Range, [first, last]: Stretch): [from: string, to: string] {
  const begin = Math.max(Date.parse(points[first]?.at ?? from), Date.parse(from))
  const end = Math.min(Date.parse(points[last + 1]?.at ?? to), Date.parse(to))
  if (interval === 'hour' || interval === 'minute') return [instant(begin), instant(end)]
  const shift = shiftOf(timezone, Date.parse(points[first]?.at ?? from))
  return [day(begin + shift, timezone), day(end - 1 + shift, timezone)]
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}

/** `2026-11-22`: the ways of Sweden. */
function day(ms: number, timeZone: string): string {
  return date('sv', new Date(ms), { year: 'numeric', month: '2-digit', day: '2-digit', timeZone })
}
