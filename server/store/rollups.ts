import type { Fragment } from 'postgres'
import type { Database, Transaction } from './connect.ts'
import type { Goal } from './goal.ts'
import { type Family, familyOf, type RolledItem, type RollupRow, type RollupRules } from './rollup.ts'
import { rowsParameter } from './rows.ts'

/** What the roll-ups of a site depend on, and which of its days a writer has to leave alone. */
export interface SiteRules extends RollupRules {
  /** Days without roll-ups of a family, as `family day`: they are computed later, as a whole. */
  readonly unrolled: ReadonlySet<string>
  /** Days that are shown from imports, until the site has items of its own on them. */
  readonly imported: ReadonlySet<string>
}

/**
 * Reads the rules of the sites of some items. Their version rows are locked, or it is read from a snapshot.
 */
export async function rulesOf(
  tx: Transaction,
  items: readonly { site_id: string; at: number }[],
): Promise<Map<string, SiteRules>> {
  const times = items.map((item) => item.at)
  if (times.length === 0) return new Map()
  const [from, to] = [Math.min(...times), Math.max(...times)].map((at) => new Date(at).toISOString())
  const siteIds = [...new Set(items.map((item) => item.site_id))]
  const rows = await tx<{ site_id: string; timezone: string; unrolled: string[]; imported: string[]; goals: Goal[] }[]>`
    select s.site_id, s.timezone,
           array(
             select d.family || ' ' || d.day
             from unrolled_days d
             where d.site_id = s.site_id
               and d.rolling is null
               and d.day between ${from ?? ''}::date - 1 and ${to ?? ''}::date + 1) as unrolled,
           array(
             select d.day::text
             from imported_days d
             where d.site_id = s.site_id
               and not d.native
               and d.day between ${from ?? ''}::date - 1 and ${to ?? ''}::date + 1) as imported,
           coalesce((
             select json_agg(json_build_object(
               'goal_id', g.goal_id, 'type', g.type, 'pattern', g.pattern, 'conditions', g.conditions))
             from goals g
             where g.site_id = s.site_id), '[]') as goals
    from sites s
    where s.site_id = any(${siteIds}::text[])`
  return new Map(
    rows.map((row) => [row.site_id, { ...row, unrolled: new Set(row.unrolled), imported: new Set(row.imported) }]),
  )
}

/** Whether a writer may add to the roll-ups of a day. */
export function isRolled(rules: SiteRules, { dimension, day }: Pick<RollupRow, 'dimension' | 'day'>): boolean {
  return !rules.unrolled.has(`${familyOf(dimension)} ${day}`)
}

/** Adds numbers to roll-ups; negative ones take away. */
export async function addToRollups(tx: Transaction, rows: readonly RollupRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx`
    insert into rollups as r
      (site_id, dimension, day, key, value, visitors, visits, bounces, duration_ms, pageviews, events)
    select site_id, dimension, day, md5(value)::uuid, value,
           visitors, visits, bounces, duration_ms, pageviews, events
    from jsonb_to_recordset(${rowsParameter(tx, rows)}) as x (
      site_id text, dimension text, day date, value text,
      visitors integer, visits integer, bounces integer, duration_ms bigint, pageviews integer, events integer)
    ${orAdded(tx)}`
}

/** What becomes of numbers `r` that are there already: the new ones are added. */
export function orAdded(tx: Transaction): Fragment {
  return tx`
    on conflict (site_id, dimension, day, key) do update
    set visitors    = r.visitors + excluded.visitors,
        visits      = r.visits + excluded.visits,
        bounces     = r.bounces + excluded.bounces,
        duration_ms = r.duration_ms + excluded.duration_ms,
        pageviews   = r.pageviews + excluded.pageviews,
        events      = r.events + excluded.events`
}

/** Rows of items as roll-ups need them, with whose they are. */
export type StoredItem = RolledItem & { readonly site_id: string; readonly visitor_id: string }

/** Reads all that some visitors did. Vitals are measurements: they are left out. */
export function itemsOfVisitors(
  tx: Transaction,
  visitors: readonly { site_id: string; visitor_id: string }[],
): Promise<StoredItem[]> {
  if (visitors.length === 0) return Promise.resolve([])
  return tx<StoredItem[]>`
    select site_id, visitor_id::text as visitor_id, visit_id, type,
           (extract(epoch from at) * 1000)::float8 as at, page, hostname, name,
           case when type = 'event' and site_id in (select g.site_id from goals g where g.conditions <> '[]') then props end as props
    from items
    where (site_id, visitor_id) in (
      select * from unnest(
        ${visitors.map((visitor) => visitor.site_id)}::text[],
        ${visitors.map((visitor) => visitor.visitor_id)}::bigint[]))
      and type <> 'vital'`
}

/**
 * Gives up roll-ups of a site, in a transaction that holds its version row: reports read raw rows until
 * they are computed again, and writers leave them alone. All days from the first item on are due. What they hold is
 * deleted day by day, as each is begun anew.
 */
export async function unroll(tx: Transaction, siteId: string, of: readonly Family[]): Promise<void> {
  await tx`
    insert into unrolled_days (site_id, family, day)
    select ${siteId}, family, (first - interval '1 day')::date + day
    from (select min(at) as first, max(at) as last from items where site_id = ${siteId}) s,
         generate_series(0, extract(day from last - first)::int + 3) day,
         unnest(${[...of]}::text[]) family
    where first is not null
    on conflict (site_id, family, day) do update set rolling = null`
}

/** The days of a site, from a first to a last, that have no roll-ups of a family. */
export async function unrolledDays(
  sql: Database,
  siteId: string,
  family: Family,
  first: string,
  last: string,
): Promise<string[]> {
  const rows = await sql<{ day: string }[]>`
    select day::text as day
    from unrolled_days
    where site_id = ${siteId} and family = ${family} and day between ${first}::date and ${last}::date
    order by day`
  return rows.map((row) => row.day)
}
