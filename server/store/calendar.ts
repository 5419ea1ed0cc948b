/** Where an instant lies in the calendar of a time zone. */
export interface Slot {
  /** Date, as `2026-11-22`. */
  readonly day: string
  /** Start of the hour, as `2026-11-22T09:00:00.000Z`; in zones with half hours, half past in UTC. */
  readonly hour: string
}

/** Minutes that are remembered of a zone: what arrives together happened together. */
const remembered = 20_000
const minuteMs = 60_000

const known = new Map<string, Map<number, Slot>>()

/**
 * Day and hour of an instant in a time zone.
 *
 * @param at milliseconds since 1970
 * @param timezone IANA name
 */
export function slotOf(at: number, timezone: string): Slot {
  const minute = Math.floor(at / minuteMs)
  let slots = known.get(timezone)
  if (slots === undefined || slots.size >= remembered) known.set(timezone, (slots = new Map()))
  const found = slots.get(minute)
  if (found !== undefined) return found
  // No zone has changed its clock within a minute since 2000, where items begin.
  const local = Temporal.Instant.fromEpochMilliseconds(minute * minuteMs).toZonedDateTimeISO(timezone)
  const hour = new Date((minute - local.minute) * minuteMs).toISOString()
  const date = local.toPlainDate().toString()
  const next = nextDay(date)
  // Where clocks are put back past midnight, a day that has begun is not ended by what they show.
  const slot = { day: minute * minuteMs < startOfDay(next, timezone) ? date : next, hour }
  slots.set(minute, slot)
  return slot
}

/**
 * First instant of a day in a time zone, in milliseconds since 1970. The one place that knows when days begin: where
 * clocks are put on at midnight a day begins at 01:00, so nothing is ever added to an instant to come to another day. A
 * day that a zone left out altogether, as Apia did 2011-12-30, begins with the next.
 */
export function startOfDay(day: string | Temporal.PlainDate, timezone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timezone).epochMilliseconds
}

/** The day after a day, as a date. */
export function nextDay(day: string): string {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toString()
}

/** Whether a day begins at an instant in a time zone. */
export function isStartOfDay(at: number, timezone: string): boolean {
  return startOfDay(slotOf(at, timezone).day, timezone) === at
}

/** First instant of a day and of the day after, in milliseconds since 1970. */
export function boundsOf(day: string, timezone: string): { from: number; to: number } {
  return { from: startOfDay(day, timezone), to: startOfDay(nextDay(day), timezone) }
}

/** All days from one to another, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = []
  for (let day = Temporal.PlainDate.from(first); ; day = day.add({ days: 1 })) {
    if (Temporal.PlainDate.compare(day, last) > 0) return days
    days.push(day.toString())
  }
}
