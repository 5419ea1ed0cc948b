import type { Visit } from '@hk-live/sdk/protocol'
import type { Sql } from './connect.ts'

/** Milliseconds within which a visitor counts as being there. */
const presence = 5 * 60_000

/** Milliseconds within which a visit that began counts as new: an imported one of last year does not. */
const newness = 10 * 60_000

/** Visits that are new to a reader: the newest by themselves, the others as a number. */
export interface NewVisits {
  readonly visits: Visit[]
  readonly more: number
}

/** Distinct visitors with an item in the last 5 minutes. */
export async function visitorsNow(sql: Sql, siteId: string, now: number): Promise<number> {
  const [row] = await sql<[{ visitors: number }]>`
    select count(distinct visitor_id)::int as visitors
    from items
    where site_id = ${siteId}
      and at > ${new Date(now - presence)} and at <= ${new Date(now)}
      and type <> 'vital'`
  return row.visitors
}

/**
 * Visits that were first stored after one commit and up to another, the oldest first, without anything that identifies a
 * person: coordinates are rounded to 0.1° (some 10 km).
 *
 * @param most how many to name; the rest is counted
 */
export async function visitsSince(
  sql: Sql,
  siteId: string,
  after: number,
  upTo: number,
  now: number,
  most = 10,
): Promise<NewVisits> {
  const rows = await sql<(Omit<Visit, 'at' | 'city' | 'lat' | 'lon'> & Stored)[]>`
    select started_at, country, city, device, entry_page as entry_path, source as referrer_source,
           round(lat::numeric, 1)::float8 as lat, round(lon::numeric, 1)::float8 as lon,
           count(*) over ()::int as total
    from visits
    where site_id = ${siteId} and seq > ${after} and seq <= ${upTo}
      and started_at > ${new Date(now - newness)}
      and entry_at is not null
    order by started_at desc, visit_id
    limit ${most}`
  const visits = rows.toReversed().map(
    ({ started_at, country, city, device, entry_path, lat, lon, referrer_source }): Visit => ({
      at: started_at.toISOString(),
      country,
      ...(city === '' ? {} : { city }),
      device,
      entry_path,
      ...(lat === null || lon === null ? {} : { lat, lon }),
      referrer_source,
    }),
  )
  return { visits, more: (rows[0]?.total ?? 0) - visits.length }
}

interface Stored {
  readonly started_at: Date
  readonly city: string
  readonly lat: number | null
  readonly lon: number | null
  readonly total: number
}
