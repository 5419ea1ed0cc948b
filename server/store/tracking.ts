import { boundsOf } from './calendar.ts'
import type { Database } from './connect.ts'
import { instant } from './rows.ts'

/** A host name that pages of a site were seen under. */
export interface SeenHost {
  readonly hostname: string
  readonly items: number
  readonly last_at: Date
}

/** The event that was seen last. */
export interface SeenEvent {
  readonly name: string
  readonly at: Date
}

/** What has arrived of a site lately. */
export interface Seen {
  /** Of the latest items, the newest first. */
  readonly hosts: readonly SeenHost[]
  /** Of the latest items. */
  readonly event: SeenEvent | undefined
}

/**
 * Milliseconds since 1970 of the first and the last item of a site that no import has brought; `undefined` where it has
 * none. They are looked for between imported days: on these are none, and may be millions of others.
 */
export async function ownTimes(sql: Database, siteId: string): Promise<{ first: number; last: number } | undefined> {
  const days = await sql<{ day: string; timezone: string }[]>`
    select d.day::text as day, s.timezone
    from imported_days d
      join sites s on s.site_id = d.site_id
    where d.site_id = ${siteId} and d.raw and not d.native
    order by d.day`
  const bounds = days.map(({ day, timezone }) => boundsOf(day, timezone))
  const starts = [0, ...bounds.map(({ to }) => to)]
  const ends = [...bounds.map(({ from }) => from), Date.UTC(9999, 0)]
  const gaps = starts.map((from, index) => [from, ends[index] ?? 0] as const).filter(([from, to]) => from < to)
  const [row] = await sql<{ first: Date | null; last: Date | null }[]>`
    select min(i.first) as first, max(i.last) as last
    from unnest(
           ${gaps.map(([from]) => instant(from))}::timestamptz[],
           ${gaps.map(([, to]) => instant(to))}::timestamptz[]) as g (first, next),
         lateral (
           select min(at) as first, max(at) as last
           from items
           where site_id = ${siteId} and at >= g.first and at < g.next and import_id is null) i`
  if (row === undefined || row.first === null || row.last === null) return undefined
  return { first: row.first.getTime(), last: row.last.getTime() }
}

/**
 * Host names and the last event among the latest items of a site that no import has brought, `most` of them: that costs
 * the same for any site.
 *
 * @param first time of the first of them
 */
export async function latestSeen(sql: Database, siteId: string, first: number, most = 1_000): Promise<Seen> {
  const rows = await sql<(SeenHost & { event: string | null; event_at: Date | null })[]>`
    with latest as materialized (
      select hostname, type, name, at
      from items
      where site_id = ${siteId} and at >= ${new Date(first)} and import_id is null
      order by at desc
      limit ${most}
    )
    select l.hostname, count(*)::int as items, max(l.at) as last_at, e.name as event, e.at as event_at
    from latest l
      left join (select name, at from latest where type = 'event' order by at desc limit 1) e on true
    group by l.hostname, e.name, e.at
    order by last_at desc, l.hostname`
  const [latest] = rows
  return {
    hosts: rows.map(({ hostname, items, last_at }) => ({ hostname, items, last_at })),
    event: latest === undefined || latest.event === null || latest.event_at === null
      ? undefined
      : { name: latest.event, at: latest.event_at },
  }
}
