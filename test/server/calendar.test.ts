/** Days of all zones that the runtime knows, in all years in which items can be. */
import { describe, expect, test } from 'bun:test'
import { bucketStarts, previousSpan, resolveRange, yearAgo } from '../../server/reports/range.ts'
import { boundsOf, isStartOfDay, nextDay, slotOf, startOfDay } from '../../server/store/calendar.ts'

const quarter = 15 * 60_000
const day = 86_400_000
const zones = Intl.supportedValuesOf('timeZone')
const [begin, end] = [Date.UTC(2000, 0, 1), Date.UTC(2041, 0, 1)]

/** What a clock of the zone shows, as milliseconds since 1970 by its own reckoning. */
function clockOf(at: number, zone: string): number {
  return at + Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6
}

/** Instants at which the clocks of a zone are changed. */
function changesOf(zone: string): number[] {
  const changes: number[] = []
  let at = Temporal.Instant.fromEpochMilliseconds(begin).toZonedDateTimeISO(zone)
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    if (next === null || next.epochMilliseconds > end) return changes
    changes.push(next.epochMilliseconds)
    at = next
  }
}

const dateOf = (clock: number) => new Date(clock).toISOString().slice(0, 10)

/** First instants of the days around an instant, found by looking at the clock every quarter of an hour. */
function watchedDays(around: number, zone: string): Map<string, number> {
  const found = new Map<string, number>()
  let last = dateOf(clockOf(around - 2 * day, zone))
  for (let at = Math.ceil((around - 2 * day) / quarter) * quarter; at < around + 2 * day; at += quarter) {
    const date = dateOf(clockOf(at, zone))
    // A day that comes again, as clocks are put back past midnight, has begun already.
    if (date > last) {
      found.set(date, at)
      last = date
    }
  }
  return found
}

/** Zones by what their clocks do: many do the same. */
const kinds = Map.groupBy(zones, (zone) => `${clockOf(begin, zone) - begin} ${changesOf(zone).join()}`)

describe('days', () => {
  test('there are zones whose midnight is left out, and one that left out a day', () => {
    expect(kinds.size).toBeGreaterThan(100)
    expect(startOfDay('2025-09-07', 'America/Santiago')).toBe(Date.parse('2025-09-07T04:00:00Z'))
    expect(boundsOf('2011-12-30', 'Pacific/Apia')).toEqual({ from: Date.parse('2011-12-30T10:00:00Z'), to: Date.parse('2011-12-30T10:00:00Z') })
  })

  test('begin when the clock first shows them, and end when the next begins, in all zones and years', () => {
    const wrong: string[] = []
    for (const [zone = ''] of kinds.values()) {
      for (const change of [...changesOf(zone), begin + 100 * day]) {
        for (const [date, at] of watchedDays(change, zone)) {
          if (startOfDay(date, zone) !== at) wrong.push(`${zone} ${date}: ${new Date(startOfDay(date, zone)).toISOString()}, not ${new Date(at).toISOString()}`)
          if (boundsOf(date, zone).to !== startOfDay(nextDay(date), zone)) wrong.push(`${zone} ${date} ends elsewhere`)
          for (let within = at; within < boundsOf(date, zone).to; within += 4 * quarter) {
            if (slotOf(within, zone).day !== date) wrong.push(`${zone} ${new Date(within).toISOString()} is not of ${date}`)
          }
          if (!isStartOfDay(at, zone) || isStartOfDay(at + 60_000, zone)) wrong.push(`${zone} ${date} begins twice`)
          if (slotOf(at, zone).day !== date || slotOf(at - 1, zone).day >= date) wrong.push(`${zone} ${date} is another at its start`)
        }
      }
    }
    expect(wrong.slice(0, 20)).toEqual([])
  }, 120_000)

  test('are buckets, ranges and comparisons that lie end to end, whatever clocks do meanwhile', () => {
    const wrong: string[] = []
    for (const [zone = ''] of kinds.values()) {
      for (const change of changesOf(zone)) {
        const dates = [...watchedDays(change, zone)]
        const [[first = ''] = [], [last = ''] = []] = [dates.at(0), dates.at(-1)]
        const span = resolveRange({ from: first, to: last, interval: 'day' }, zone, change, change)
        const starts = bucketStarts(span)
        const say = (what: string) => wrong.push(`${zone} around ${new Date(change).toISOString()}: ${what}`)
        if (starts.join() !== dates.map(([, at]) => at).join()) say(`buckets ${starts.map((at) => new Date(at).toISOString()).join()}`)
        if (span.to !== startOfDay(nextDay(last), zone)) say('the range ends elsewhere')
        const today = resolveRange({ range: 'today' }, zone, change, change)
        const yesterday = resolveRange({ range: 'yesterday' }, zone, change, change)
        const week = resolveRange({ range: '7d' }, zone, change + 3 * day, change)
        if (!(today.from <= change && change < today.to)) say('today is another day')
        if (yesterday.to !== today.from) say('yesterday does not end with today')
        if (previousSpan(week).to !== week.from || !isStartOfDay(previousSpan(week).from, zone)) say('the week before')
        if (!isStartOfDay(yearAgo(week).from, zone) || !isStartOfDay(yearAgo(week).to, zone)) say('the week a year ago')
      }
    }
    expect(wrong.slice(0, 20)).toEqual([])
  }, 120_000)
})
