import { createHash } from 'node:crypto'
import { attribute, clean, itemUuid, parsePage } from '../ingest/index.ts'
import type { Context } from '../store/index.ts'
import { browserName, countryCode, deviceName, known, systemName } from './names.ts'
import type { SourceContext, SourceItem } from './source.ts'
import { Fault } from './table.ts'

/** What another system says of the place and the device of an item. */
export interface Surroundings {
  readonly country: string
  readonly region: string
  readonly city: string
  readonly lat?: number | null
  readonly lon?: number | null
  readonly device: string
  readonly browser: string
  readonly os: string
  readonly language: string
}

/** What another system says that happened. */
export interface Happened {
  /** Its id there; where it has none, what makes it another than the others. */
  readonly id: string
  readonly visitor: string
  readonly type: 'pageview' | 'event'
  readonly at: number
  readonly url: string
  readonly referrer: string
  readonly name: string
  readonly props: Readonly<Record<string, unknown>> | null
}

/**
 * An item of another system, with its page, its source and its campaign read as those of our own items are.
 *
 * @throws {Fault} where its address is none
 */
export function itemOf({ id, visitor, type, at, url, referrer, name, props }: Happened, around: Surroundings): SourceItem {
  const page = parsePage(url)
  if (page === undefined) throw new Fault(`"${url.slice(0, 80)}" is no address of a page.`)
  const context: Context = { ...attribute(referrer, page), hostname: page.hostname, ...namesOf(around) }
  return { id: itemUuid(id), visitor, type, at, page: page.path, name: clean(name, 120), value: null, props, context }
}

function namesOf({ country, region, city, lat = null, lon = null, device, browser, os, language }: Surroundings) {
  return {
    country: countryCode(country),
    region: known(region),
    city: known(city),
    lat,
    lon,
    device: deviceName(device) || 'other',
    browser: browserName(browser),
    os: systemName(os),
    language: clean(language, 35),
  }
}

/** An id for what has none: of its text and how often the same text came before. */
export function hashId(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32)
}

/**
 * An instant, in milliseconds since 1970, from 2000 to now: RFC 3339, or as databases write it, `2026-11-22 09:30:00`,
 * in the time zone of the source where it names none.
 *
 * @throws {Fault} that names the column
 */
export function instantOf(column: string, text: string, { timesIn, now }: SourceContext): number {
  const [, date, time = '00:00:00', zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i.exec(text) ?? []
  if (date === undefined) throw new Fault(`"${column}" is "${text.slice(0, 40)}", which is no time as 2026-11-22 09:30:00.`)
  const at = read(date, time, zone, timesIn)
  if (at === undefined) throw new Fault(`"${column}" is "${text.slice(0, 40)}", which is no time as 2026-11-22 09:30:00.`)
  if (at < Date.UTC(2000, 0) || at > now) throw new Fault(`"${column}" is ${text}, which is not between 2000 and now.`)
  return at
}

function read(date: string, time: string, zone: string | undefined, timesIn: string): number | undefined {
  try {
    if (zone === undefined) return Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(timesIn).epochMilliseconds
    const offset = /^(Z|UTC)$/i.test(zone) ? 'Z' : zone.length === 3 ? `${zone}:00` : zone
    return Temporal.Instant.from(`${date}T${time}${offset}`).epochMilliseconds
  } catch {
    return undefined
  }
}
