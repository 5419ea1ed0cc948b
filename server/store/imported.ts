import { boundsOf, slotOf } from './calendar.ts'
import type { Database, Transaction } from './connect.ts'
import { fillOrders } from './orders.ts'
import { removeRows } from './removals.ts'
import { families, visitDimensions } from './rollup.ts'
import { rowsParameter } from './rows.ts'

/**
 * Days that were taken over from elsewhere. A day belongs to one import. Where the site has items of its own on it, these
 * alone are shown: whoever stores one on such a day gives it up in the same transaction, so both are never added up.
 *
 * @module
 */

/** What imports have sums by: all that roll-ups have but hours, and goals, which are the site's own. */
export const sumDimensions = ['total', 'page', 'hostname', 'event', ...visitDimensions] as const

/** Numbers of a day under a value of a dimension. `bounces` and `duration_ms` are null where the source has none. */
export interface ImportedSums {
  readonly day: string
  readonly dimension: (typeof sumDimensions)[number]
  readonly value: string
  readonly visitors: number
  readonly visits: number
  readonly bounces: number | null
  readonly duration_ms: number | null
  readonly pageviews: number
  readonly events: number
}

/** Whose a day is to an import: its own, another import's, or of the site's own items. */
export type Claim = 'own' | 'taken' | 'overlap'

/** Who claims days. `raw`: with items; else with sums. */
export interface Claimant {
  readonly siteId: string
  readonly importId: string
  readonly timezone: string
  readonly raw: boolean
}

/**
 * Claims days for an import, in a transaction that holds the site's version row. A day of another import, or with items
 * of the site's own, stays theirs.
 */
export async function claimDays(
  tx: Transaction,
  { siteId, importId, timezone, raw }: Claimant,
  days: readonly string[],
): Promise<Map<string, Claim>> {
  if (days.length === 0) return new Map()
  const bounds = days.map((day) => boundsOf(day, timezone))
  await tx`
    insert into imported_days (site_id, day, import_id, raw)
    select ${siteId}, d.day, ${importId}, ${raw}
    from unnest(
      ${[...days]}::date[],
      ${bounds.map(({ from }) => new Date(from).toISOString())}::timestamptz[],
      ${bounds.map(({ to }) => new Date(to).toISOString())}::timestamptz[]) as d (day, first, next)
    where not exists (
      select from items i
      where i.site_id = ${siteId} and i.at >= d.first and i.at < d.next and (i.import_id is null or not ${raw}))
    on conflict (site_id, day) do nothing`
  const rows = await tx<{ day: string; own: boolean; native: boolean }[]>`
    select day::text as day, import_id = ${importId} and raw = ${raw} as own, native
    from imported_days
    where site_id = ${siteId} and day = any(${[...days]}::date[])`
  const found = new Map(rows.map(({ day, own, native }): [string, Claim] => [day, native ? 'overlap' : own ? 'own' : 'taken']))
  return new Map(days.map((day) => [day, found.get(day) ?? 'overlap']))
}

/** Adds numbers to those of an import. */
export async function addImported(
  tx: Transaction,
  siteId: string,
  importId: string,
  rows: readonly ImportedSums[],
): Promise<void> {
  if (rows.length === 0) return
  await tx`
    insert into imported_rollups as r
      (site_id, import_id, dimension, day, key, value, visitors, visits, bounces, duration_ms, pageviews, events)
    select ${siteId}, ${importId}, dimension, day, md5(value)::uuid, value, sum(visitors), sum(visits), sum(bounces),
           sum(duration_ms), sum(pageviews), sum(events)
    from jsonb_to_recordset(${rowsParameter(tx, rows)}) as x (
      dimension text, day date, value text, visitors bigint, visits bigint, bounces bigint, duration_ms bigint,
      pageviews bigint, events bigint)
    group by dimension, day, value
    on conflict (site_id, import_id, dimension, day, key) do update
    set visitors    = r.visitors + excluded.visitors,
        visits      = r.visits + excluded.visits,
        bounces     = coalesce(r.bounces + excluded.bounces, r.bounces, excluded.bounces),
        duration_ms = coalesce(r.duration_ms + excluded.duration_ms, r.duration_ms, excluded.duration_ms),
        pageviews   = r.pageviews + excluded.pageviews,
        events      = r.events + excluded.events`
}

/** A day that is shown from an import, and what the import has numbers by. */
export interface ImportedDay {
  readonly day: string
  readonly source: string
  readonly raw: boolean
  readonly dimensions: readonly string[]
}

/** The days of a site, from a first to a last, that are shown from imports. */
export async function importedDays(sql: Database, siteId: string, first: string, last: string): Promise<ImportedDay[]> {
  return sql<ImportedDay[]>`
    select d.day::text as day, i.source, d.raw, i.dimensions
    from imported_days d
      join imports i on i.site_id = d.site_id and i.import_id = d.import_id
    where d.site_id = ${siteId} and not d.native and d.day between ${first}::date and ${last}::date
    order by d.day`
}

/**
 * Gives up days of imports, as the site has items of its own on them, in a transaction that holds the site's version row.
 * Sums are no longer shown, and items are deleted.
 */
export async function yieldDays(tx: Transaction, siteId: string, timezone: string, days: readonly string[]): Promise<void> {
  if (days.length === 0) return
  const given = await tx<{ day: string; raw: boolean }[]>`
    update imported_days
    set native = true
    where site_id = ${siteId} and day = any(${[...days]}::date[]) and not native
    returning day::text as day, raw`
  for (const { day } of given.filter(({ raw }) => raw)) {
    const { from, to } = boundsOf(day, timezone)
    const visitors = await tx<{ id: string }[]>`
      select distinct visitor_id::text as id
      from items
      where site_id = ${siteId} and at >= ${new Date(from)} and at < ${new Date(to)} and import_id is not null`
    const times = await dropVisitors(tx, siteId, visitors.map(({ id }) => id))
    await removeRows(tx, siteId, { import_id: '', from, to })
    // In another time zone than they came in with, visitors have days beside this one.
    await unrollDays(tx, siteId, [...new Set([day, ...times.map((at) => slotOf(at, timezone).day)])])
  }
}

/**
 * Says anew which days of sums are shown: those without items. For when items have moved to other days, as in another
 * time zone, or are gone. In a transaction that holds the site's version row.
 *
 * @returns how many of them change
 */
export async function judgeDays(tx: Transaction, siteId: string, timezone: string): Promise<number> {
  const rows = await tx<{ day: string }[]>`
    select day::text as day from imported_days where site_id = ${siteId} and not raw`
  const bounds = rows.map(({ day }) => boundsOf(day, timezone))
  const judged = await tx`
    update imported_days o
    set native = not o.native
    from unnest(
      ${rows.map(({ day }) => day)}::date[],
      ${bounds.map(({ from }) => new Date(from).toISOString())}::timestamptz[],
      ${bounds.map(({ to }) => new Date(to).toISOString())}::timestamptz[]) as d (day, first, next)
    where o.site_id = ${siteId} and o.day = d.day and not o.raw
      and o.native <> exists (select from items i where i.site_id = ${siteId} and i.at >= d.first and i.at < d.next)`
  return judged.count
}

/**
 * Deletes what imports brought of some visitors: no visitor of an import is one of the site's own.
 *
 * @returns times of the items, to a quarter of an hour, in milliseconds since 1970
 */
export async function dropVisitors(tx: Transaction, siteId: string, visitors: readonly string[]): Promise<number[]> {
  const ids = [...visitors]
  await tx`delete from visits where site_id = ${siteId} and visitor_id = any(${ids}::bigint[])`
  const orders = await tx`delete from orders where site_id = ${siteId} and visitor_id = any(${ids}::bigint[])`
  const rows = await tx<{ at: number }[]>`
    with gone as (
      delete from items
      where site_id = ${siteId} and visitor_id = any(${ids}::bigint[]) and import_id is not null
      returning at
    )
    select distinct (floor(extract(epoch from at) / 900) * 900000)::float8 as at from gone`
  // An order that came later than one of these, under the same number, was none until now.
  if (orders.count > 0) await fillOrders(tx, siteId)
  return rows.map(({ at }) => at)
}

/** Gives up the roll-ups of some days of a site, in a transaction that holds its version row: see `unroll`. */
export async function unrollDays(tx: Transaction, siteId: string, days: readonly string[]): Promise<void> {
  await tx`
    insert into unrolled_days (site_id, family, day)
    select ${siteId}, family, day
    from unnest(${[...days]}::date[]) day, unnest(${[...families]}::text[]) family
    on conflict (site_id, family, day) do update set rolling = null`
}
