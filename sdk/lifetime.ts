import type { Range } from './protocol.ts'

const minuteMs = 60_000
const hourMs = 3_600_000

/**
 * Milliseconds until the clock makes an answer old though nothing is written: until its running minute
 * or hour is over. Longer buckets and named ranges end with an hour, also where days have 23 or 25 of
 * them. `Infinity` where the range is over.
 *
 * @param at time by the service's clock
 */
export function lifeOf({ to, interval }: Range, at: number): number {
  const left = Date.parse(to) - at
  // Counted from the end of the range, as hours do not begin at the full hour in each zone.
  const step = interval === 'minute' ? minuteMs : hourMs
  return left > 0 ? left % step || step : Infinity
}
