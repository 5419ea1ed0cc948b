import type { Dimension } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import type { Database } from '../store/index.ts'
import { conditions, type Filter, isOfItem } from './filter.ts'

/** Where a visit came from: told by the items of the visit only where its first one is among them. */
const origin = [
  'referrer',
  'source',
  'channel',
  'ai_source',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
] as const satisfies readonly Dimension[]

/** What else reports read of a visit: it says nothing of single items. */
const plain = [
  'site_id', 'visit_id', 'visitor_id', 'started_at', 'last_at', 'pageviews', 'events',
  'country', 'region', 'city', 'lat', 'lon', 'device', 'browser', 'os', 'language',
] as const

/**
 * Filters by which a share link shows some items of a visit and hides others: by page, host, event or goal.
 *
 * What such a link hides stays hidden: each text that it shows could be made of the items that fit alone.
 */
export function hidingFilters(filters: readonly Filter[]): Filter[] {
  return filters.filter(({ locked, dimension }) => locked && isOfItem(dimension))
}

/** Whether a share link has set a filter. */
export function isPartial(filters: readonly Filter[]): boolean {
  return filters.some(({ locked }) => locked)
}

/**
 * The table of visits as a question with these filters may see them, to stand before an alias.
 *
 * Under filters that hide items, entry and exit page are those of the items that fit, and where a visit came from is
 * left empty unless it began with such an item, or the link itself names it by a filter.
 */
export function visitsTable(sql: Database, filters: readonly Filter[]): Fragment {
  const hiding = hidingFilters(filters)
  if (hiding.length === 0) return sql`visits`
  const locked = filters.filter((filter) => filter.locked)
  const named = new Set(locked.filter(({ exclude }) => !exclude).map(({ dimension }) => dimension))
  const columns = [
    ...plain.map((name) => sql`v.${sql(name)}`),
    ...origin.map((name) =>
      named.has(name) ? sql`v.${sql(name)}` : sql`case when b.begins then v.${sql(name)} else '' end as ${sql(name)}`,
    ),
    ...(['entry_page', 'exit_page'] as const).map((name) =>
      named.has(name) ? sql`v.${sql(name)}` : sql`${endOf(sql, name, hiding)} as ${sql(name)}`,
    ),
  ]
  return sql`(
    select ${columns.reduce((list, column) => sql`${list}, ${column}`)}
    from visits v,
         lateral (
           select exists (
             select from items i where i.site_id = v.site_id and i.id = v.first_id ${conditions(sql, hiding)}) as begins) b
    where true ${conditions(sql, locked.filter(({ dimension }) => !isOfItem(dimension)))})`
}

/** The page of the first or last pageview of the visit `v` that fits; `''` where there is none. */
function endOf(sql: Database, end: 'entry_page' | 'exit_page', hiding: readonly Filter[]): Fragment {
  const order = end === 'entry_page' ? sql`order by i.at, i.id` : sql`order by i.at desc, i.id desc`
  return sql`coalesce((
    select i.page
    from items i
    where i.site_id = v.site_id and i.visitor_id = v.visitor_id and i.visit_id = v.visit_id and i.type = 'pageview'
      ${conditions(sql, hiding)}
    ${order}
    limit 1), '')`
}

/** Condition of an order `o`, begun by `and`: under filters that hide items it is one of an item that fits. */
export function orderShown(sql: Database, filters: readonly Filter[]): Fragment {
  const hiding = hidingFilters(filters)
  if (hiding.length === 0) return sql``
  return sql`and exists (
    select from items i where i.site_id = o.site_id and i.id = o.item_id ${conditions(sql, hiding)})`
}
