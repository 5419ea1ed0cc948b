import { HkError, type Interval, type Range, type RangeName } from '@hk-live/sdk/protocol'

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

type Zoned = Temporal.ZonedDateTime

const mostBuckets = 10_000
const datePattern = /^\d{4}-\d\d-\d\d$/

/**
 * Resolves a named range, or `from` and `to`, in the site's time zone. Named ranges end with the
 * running day or hour, so that two questions of one day are the same question.
 *
 * @param firstAt milliseconds of the site's first item, where `all` begins
 * @throws {HkError} `bad_request` that names the parameter
 */
export function resolveRange(input: RangeInput, timezone: string, now: number, firstAt: number): Span {
  const clock = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone)
  const [from, to] =
    input.from === undefined && input.to === undefined
      ? named(input.range ?? '30d', clock, firstAt)
      : custom(input.from, input.to, timezone)
  const span = { from: from.epochMilliseconds, to: to.epochMilliseconds, timezone }
  const interval = input.interval ?? usualInterval(span.to - span.from)
  if (bucketStarts({ ...span, interval }, mostBuckets + 1).length > mostBuckets) {
    throw bad('interval', `This range has more than ${mostBuckets} ${interval}s. Take a longer interval.`)
  }
  return { ...span, interval }
}

/** The same length just before; for whole days and months, in days and months. */
export function previousSpan(span: Span): Span {
  const [from, to] = [zoned(span.from, span.timezone), zoned(span.to, span.timezone)]
  const days = wholeDays(from, to)
  if (days === undefined) return { ...span, from: span.from - (span.to - span.from), to: span.from }
  const months = wholeMonths(from, to)
  const before = months === undefined ? from.subtract({ days }) : from.subtract({ months })
  return { ...span, from: before.epochMilliseconds, to: span.from }
}

/** The same days, or the same time, a year ago. */
export function yearAgo(span: Span): Span {
  const shift = (at: number) => zoned(at, span.timezone).subtract({ years: 1 }).epochMilliseconds
  return { ...span, from: shift(span.from), to: shift(span.to) }
}

/** Starts of the buckets of a span: the first may begin before it, as a week does. */
export function bucketStarts({ from, to, interval, timezone }: Span, most = Infinity): number[] {
  const starts: number[] = []
  if (interval === 'minute') {
    for (let at = Math.floor(from / 60_000) * 60_000; at < to && starts.length < most; at += 60_000)
      starts.push(at)
    return starts
  }
  const first = bucketOf(zoned(from, timezone), interval)
  for (let step = 0; starts.length < most; step++) {
    const at = interval === 'hour' ? first.add({ hours: step }) : first.add({ [`${interval}s`]: step })
    if (at.epochMilliseconds >= to) break
    starts.push(at.epochMilliseconds)
  }
  return starts
}

/** A span as it stands in an answer. */
export function describe({ from, to, interval, timezone }: Span): Range {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), interval, timezone }
}

function named(range: RangeName, clock: Zoned, firstAt: number): [Zoned, Zoned] {
  const today = clock.startOfDay()
  const tomorrow = today.add({ days: 1 })
  const month = today.with({ day: 1 })
  switch (range) {
    case 'today':
      return [today, tomorrow]
    case 'yesterday':
      return [today.subtract({ days: 1 }), today]
    case '24h': {
      const end = bucketOf(clock, 'hour').add({ hours: 1 })
      return [end.subtract({ hours: 24 }), end]
    }
    case '7d':
    case '30d':
    case '90d':
      return [tomorrow.subtract({ days: Number.parseInt(range, 10) }), tomorrow]
    case '12m':
      return [month.subtract({ months: 11 }), month.add({ months: 1 })]
    case 'month':
      return [month, month.add({ months: 1 })]
    case 'last_month':
      return [month.subtract({ months: 1 }), month]
    case 'year': {
      const year = month.with({ month: 1 })
      return [year, year.add({ years: 1 })]
    }
    case 'all': {
      const first = zoned(firstAt, clock.timeZoneId).startOfDay()
      return [first.epochMilliseconds < today.epochMilliseconds ? first : today, tomorrow]
    }
  }
}

function custom(fromText: string | undefined, toText: string | undefined, timezone: string): [Zoned, Zoned] {
  if (fromText === undefined) throw bad('from', '"to" needs a "from" beside it.')
  if (toText === undefined) throw bad('to', '"from" needs a "to" beside it.')
  const from = moment('from', fromText, timezone)
  const end = moment('to', toText, timezone)
  const to = datePattern.test(toText) ? end.add({ days: 1 }) : end
  if (from.epochMilliseconds >= to.epochMilliseconds) throw bad('to', '"to" must be after "from".')
  return [from, to]
}

function moment(parameter: string, text: string, timezone: string): Zoned {
  try {
    const at = datePattern.test(text)
      ? Temporal.PlainDate.from(text).toZonedDateTime(timezone)
      : Temporal.Instant.from(text).toZonedDateTimeISO(timezone)
    if (at.year >= 1970 && at.year < 2200) return at
  } catch {
    // Said below, with the parameter's name.
  }
  throw bad(parameter, `"${parameter}" must be a date as 2026-11-22 or an instant as 2026-11-22T09:30:00Z.`)
}

function bucketOf(at: Zoned, interval: Interval): Zoned {
  switch (interval) {
    case 'minute':
      return at.round({ smallestUnit: 'minute', roundingMode: 'floor' })
    case 'hour':
      // By subtraction, as a rounded wall clock could name the other of two equal hours.
      return at.subtract({
        minutes: at.minute,
        seconds: at.second,
        milliseconds: at.millisecond,
        microseconds: at.microsecond,
        nanoseconds: at.nanosecond,
      })
    case 'day':
      return at.startOfDay()
    case 'week':
      return at
        .startOfDay()
        .subtract({ days: at.dayOfWeek - 1 })
        .startOfDay()
    case 'month':
      return at.with({ day: 1 }).startOfDay()
  }
}

function usualInterval(length: number): Interval {
  const hours = length / 3_600_000
  if (hours <= 49) return 'hour'
  return hours <= 181 * 24 ? 'day' : 'month'
}

function wholeDays(from: Zoned, to: Zoned): number | undefined {
  const whole = isMidnight(from) && isMidnight(to)
  return whole ? from.toPlainDate().until(to.toPlainDate(), { largestUnit: 'day' }).days : undefined
}

function wholeMonths(from: Zoned, to: Zoned): number | undefined {
  if (from.day !== 1 || to.day !== 1) return undefined
  return from.toPlainDate().until(to.toPlainDate(), { largestUnit: 'month' }).months
}

function isMidnight(at: Zoned): boolean {
  return at.equals(at.startOfDay())
}

function zoned(at: number, timezone: string): Zoned {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone)
}

function bad(parameter: string, message: string): HkError {
  return new HkError('bad_request', message, { parameter })
}
