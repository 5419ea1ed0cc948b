import { HkError, type Interval, type Range, type RangeName } from '@hk-live/sdk/protocol'
import { isStartOfDay, slotOf, startOfDay } from '../store/index.ts'

/** A range with the bounds of its buckets, in milliseconds since 1970. */
export interface Span {
  readonly from: number
  /** Excluded. */
  readonly to: number
  readonly interval: Interval
  readonly timezone: string
}

/** What a range is resolved from. */
export interface RangeInput {
  readonly range?: RangeName | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly interval?: Interval | undefined
}

type Day = Temporal.PlainDate

const mostBuckets = 10_000
const hourMs = 3_600_000
const datePattern = /^\d{4}-\d\d-\d\d$/

/**
 * Resolves a named range, or `from` and `to`, in the site's time zone. Named ranges end with the
 * running day or hour, so that two questions of one day are the same question.
 *
 * @param firstAt milliseconds of the site's first item, where `all` begins
 * @throws {HkError} `bad_request` that names the parameter
 */
export function resolveRange(input: RangeInput, timezone: string, now: number, firstAt: number): Span {
  const [from, to] =
    input.from === undefined && input.to === undefined
      ? named(input.range ?? '30d', now, timezone, firstAt)
      : custom(input.from, input.to, timezone)
  const span = { from, to, timezone }
  const interval = input.interval ?? usualInterval(to - from)
  if (bucketStarts({ ...span, interval }, mostBuckets + 1).length > mostBuckets) {
    throw bad('interval', `This range has more than ${mostBuckets} ${interval}s. Take a longer interval.`)
  }
  return { ...span, interval }
}

/** The same length just before; for whole days and months, in days and months. */
export function previousSpan(span: Span): Span {
  const { from, to, timezone } = span
  const [first, end] = [dayAt(from, timezone), dayAt(to, timezone)]
  if (!isStartOfDay(from, timezone) || !isStartOfDay(to, timezone)) return { ...span, from: from - (to - from), to: from }
  const months = first.day === 1 && end.day === 1 ? first.until(end, { largestUnit: 'month' }).months : undefined
  const { days } = first.until(end, { largestUnit: 'day' })
  return { ...span, from: startOfDay(first.subtract(months === undefined ? { days } : { months }), timezone), to: from }
}

/** The same days, or the same time, a year ago. */
export function yearAgo(span: Span): Span {
  const { timezone } = span
  const shift = (at: number) =>
    isStartOfDay(at, timezone)
      ? startOfDay(dayAt(at, timezone).subtract({ years: 1 }), timezone)
      : zoned(at, timezone).subtract({ years: 1 }).epochMilliseconds
  return { ...span, from: shift(span.from), to: shift(span.to) }
}

/** Starts of the buckets of a span: the first may begin before it, as a week does. */
export function bucketStarts({ from, to, interval, timezone }: Span, most = Infinity): number[] {
  const starts: number[] = []
  if (interval === 'minute' || interval === 'hour') {
    const [first, step] = interval === 'minute' ? [Math.floor(from / 60_000) * 60_000, 60_000] : [startOfHour(from, timezone), hourMs]
    for (let at = first; at < to && starts.length < most; at += step) starts.push(at)
    return starts
  }
  const first = firstDayOf(dayAt(from, timezone), interval)
  for (let step = 0; starts.length < most; step++) {
    const at = startOfDay(first.add({ [`${interval}s`]: step }), timezone)
    if (at >= to) break
    // A day that a time zone left out begins with the next.
    if (at !== starts.at(-1)) starts.push(at)
  }
  return starts
}

/** A span as it stands in an answer. */
export function describe({ from, to, interval, timezone }: Span): Range {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), interval, timezone }
}

function named(range: RangeName, now: number, timezone: string, firstAt: number): [number, number] {
  const today = dayAt(now, timezone)
  const month = today.with({ day: 1 })
  const days = (from: Day, to: Day): [number, number] => [startOfDay(from, timezone), startOfDay(to, timezone)]
  const tomorrow = today.add({ days: 1 })
  switch (range) {
    case 'today':
      return days(today, tomorrow)
    case 'yesterday':
      return days(today.subtract({ days: 1 }), today)
    case '24h': {
      const end = startOfHour(now, timezone) + hourMs
      return [end - 24 * hourMs, end]
    }
    case '7d':
    case '30d':
    case '90d':
      return days(tomorrow.subtract({ days: Number.parseInt(range, 10) }), tomorrow)
    case '12m':
      return days(month.subtract({ months: 11 }), month.add({ months: 1 }))
    case 'month':
      return days(month, month.add({ months: 1 }))
    case 'last_month':
      return days(month.subtract({ months: 1 }), month)
    case 'year': {
      const year = month.with({ month: 1 })
      return days(year, year.add({ years: 1 }))
    }
    case 'all':
      return days(firstAt < startOfDay(today, timezone) ? dayAt(firstAt, timezone) : today, tomorrow)
  }
}

function custom(fromText: string | undefined, toText: string | undefined, timezone: string): [number, number] {
  if (fromText === undefined) throw bad('from', '"to" needs a "from" beside it.')
  if (toText === undefined) throw bad('to', '"from" needs a "to" beside it.')
  const first = moment('from', fromText)
  const last = moment('to', toText)
  const from = typeof first === 'number' ? first : startOfDay(first, timezone)
  const to = typeof last === 'number' ? last : startOfDay(last.add({ days: 1 }), timezone)
  if (from >= to) throw bad('to', '"to" must be after "from".')
  return [from, to]
}

/** A day, or an instant in milliseconds since 1970. */
function moment(parameter: string, text: string): Day | number {
  try {
    const day = datePattern.test(text) ? Temporal.PlainDate.from(text) : undefined
    const at = day ?? Temporal.Instant.from(text)
    const { year } = day ?? Temporal.Instant.from(text).toZonedDateTimeISO('UTC')
    if (year >= 1970 && year < 2200) return at instanceof Temporal.Instant ? at.epochMilliseconds : at
  } catch {
    // Said below, with the parameter's name.
  }
  throw bad(parameter, `"${parameter}" must be a date as 2026-11-22 or an instant as 2026-11-22T09:30:00Z.`)
}

function firstDayOf(day: Day, interval: 'day' | 'week' | 'month'): Day {
  if (interval === 'week') return day.subtract({ days: day.dayOfWeek - 1 })
  return interval === 'month' ? day.with({ day: 1 }) : day
}

/** By subtraction, as a rounded wall clock could name the other of two equal hours. */
function startOfHour(at: number, timezone: string): number {
  const { minute, second, millisecond } = zoned(at, timezone)
  return at - minute * 60_000 - second * 1_000 - millisecond
}

function usualInterval(length: number): Interval {
  const hours = length / 3_600_000
  if (hours <= 49) return 'hour'
  return hours <= 181 * 24 ? 'day' : 'month'
}

function dayAt(at: number, timezone: string): Day {
  return Temporal.PlainDate.from(slotOf(at, timezone).day)
}

function zoned(at: number, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone)
}

function bad(parameter: string, message: string): HkError {
  return new HkError('bad_request', message, { parameter })
}
