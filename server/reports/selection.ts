import type { Dimension } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import type { Sql } from '../store/index.ts'
import { columnOf, conditions, type Filter, isOfItem } from './filter.ts'
import type { Span } from './range.ts'

/** What every report is counted from: rows of a site, in a span, under filters. */
export interface Selection {
  readonly siteId: string
  readonly span: Span
  readonly filters: readonly Filter[]
}

/**
 * Items in the span that fit, as a query of `at, type, visitor_id, visit_id`, and `value` where a
 * dimension is asked for. Vitals are measurements, not something a visitor did: they are left out.
 * Visits are joined only where a filter or the dimension needs them.
 */
export function itemsOf(sql: Sql, { siteId, span, filters }: Selection, dimension?: Dimension): Fragment {
  const needed = [
    ...filters.map((filter) => filter.dimension),
    ...(dimension === undefined ? [] : [dimension]),
  ]
  const joined = needed.every(isOfItem)
    ? sql``
    : sql`join visits v on v.site_id = i.site_id and v.visit_id = i.visit_id`
  return sql`
    select i.at, i.type, i.visitor_id, i.visit_id
           ${dimension === undefined ? sql`` : sql`, ${columnOf(sql, dimension)} as value`}
    from items i
    ${joined}
    where i.site_id = ${siteId}
      and i.at >= ${new Date(span.from)} and i.at < ${new Date(span.to)}
      and i.type <> 'vital'
      ${conditions(sql, filters)}`
}

/**
 * Visits that began in the span and fit; under a filter of items, those that have a fitting item.
 */
export function visitsOf(sql: Sql, { siteId, span, filters }: Selection): Fragment {
  const ofItems = filters.filter((filter) => isOfItem(filter.dimension))
  const ofVisits = filters.filter((filter) => !isOfItem(filter.dimension))
  return sql`
    select v.*
    from visits v
    where v.site_id = ${siteId}
      and v.started_at >= ${new Date(span.from)} and v.started_at < ${new Date(span.to)}
      ${conditions(sql, ofVisits)}
      ${
        ofItems.length === 0
          ? sql``
          : sql`and exists (
              select from items i
              where i.site_id = v.site_id and i.visitor_id = v.visitor_id and i.visit_id = v.visit_id
                and i.type <> 'vital'
                ${conditions(sql, ofItems)})`
      }`
}

/** Numbers of visits `v`: how many, the part that bounced, and their mean duration in seconds. */
export function visitNumbers(sql: Sql): Fragment {
  return sql`
    count(*)::int as visits,
    (count(*) filter (where v.pageviews = 1 and v.events = 0))::float8 / nullif(count(*), 0) as bounce_rate,
    avg(extract(epoch from v.last_at - v.started_at))::float8 as visit_duration`
}

/** Numbers of items `i`: distinct visitors, pageviews and events. */
export function itemNumbers(sql: Sql): Fragment {
  return sql`
    count(distinct i.visitor_id)::int as visitors,
    (count(*) filter (where i.type = 'pageview'))::int as pageviews,
    (count(*) filter (where i.type = 'event'))::int as events`
}
