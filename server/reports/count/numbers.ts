import type { Dimension } from '@hk-live/sdk/protocol'
import sql, { empty, type Sql } from 'sql-template-tag'
import { isOfItem } from '../filter.ts'
import { none, type Numbers } from '../numbers.ts'
import type { Buckets } from '../sources.ts'
import { bucketOf } from './buckets.ts'
import { goalsReached } from './patterns.ts'
import { type Relation, relationOf, type Selection, within } from './relation.ts'

/**
 * Numbers of a selection by bucket; `bucket` counts from 1.
 *
 * Visitors are those of the items that fit, each counted once a bucket; visits, their bounces and their duration count where
 * the visit began: under filters of items, visits with an item that fits. A bounce is a visit of one pageview and no event.
 */
export async function numbersByBucket(selection: Selection, buckets: Buckets): Promise<(Numbers & { readonly bucket: number })[]> {
  const relation = relationOf(selection)
  const items = itemNumbers(selection, relation, bucketOf(sql`i.at_us`, buckets))
  const visits = visitNumbers(selection, relation, bucketOf(sql`i.started_at`, buckets))
  const rows = await selection.data.all<Numbers & { bucket: number }>(sql`
    select value::double as bucket, ${sums} from (${items} union all by name ${visits}) group by all`)
  return [...rows]
}

/** Numbers of a whole selection. */
export async function totalNumbers(selection: Selection): Promise<Numbers> {
  const [total = none] = await numbersByBucket(selection, { starts: [selection.span.from], grain: 'day' })
  return total
}

/**
 * Numbers of a selection by the values of a dimension, as a query of `value` and {@link Numbers}. Of a dimension of items,
 * visits are those with such an item.
 *
 * @param imported the same of other days, which is added
 */
export function numbersByValue(selection: Selection, dimension: Dimension, imported?: Sql): Sql {
  const relation = relationOf(selection, [dimension])
  const isGoal = dimension === 'goal'
  const value = isGoal ? sql`unnest(${goalsReached(selection.goals)})` : relation.column(dimension)
  const own = dimension === 'event' ? { ...relation, where: sql`${relation.where} and i.type = 'event'` } : relation
  return sql`
    select value, ${sums}
    from (
      ${itemNumbers(selection, own, value)}
      union all by name
      ${visitNumbers(selection, own, value, isOfItem(dimension))}
      ${imported === undefined ? empty : sql`union all by name ${imported}`})
    group by value
    having sum(visitors) > 0`
}

function itemNumbers({ span }: Selection, { from, where }: Relation, value: Sql): Sql {
  return sql`
    select value, count(distinct visitor_id) as visitors, count(*) filter (where type = 'pageview') as pageviews,
           count(*) filter (where type = 'event') as events, 0 as visits, 0 as bounces, 0 as duration_ms, 0 as measured
    from (
      select ${value} as value, i.visitor_id, i.type
      from ${from}
      where ${within(sql`i.at_us`, span)}${where})
    group by value`
}

/** @param ofItems whether values are those of the items of a visit, in the same time */
function visitNumbers({ span, filters }: Selection, { from, where }: Relation, value: Sql, ofItems = false): Sql {
  const counted = sql`
    0 as visitors, 0 as pageviews, 0 as events, count(*) as visits,
    count(*) filter (where pageviews = 1 and events = 0) as bounces, sum(last_at - started_at) / 1000 as duration_ms,
    count(*) as measured`
  const began = within(sql`i.started_at`, span)
  if (!ofItems && !filters.some(({ dimension }) => isOfItem(dimension))) {
    return sql`
      select value, ${counted}
      from (
        select ${value} as value, i.pageviews, i.events, i.last_at, i.started_at
        from ${from}
        where i.begins and ${began}${where})
      group by value`
  }
  return sql`
    select value, ${counted}
    from (
      select value, visit_id, any_value(pageviews) as pageviews, any_value(events) as events,
             any_value(last_at) as last_at, any_value(started_at) as started_at
      from (
        select ${value} as value, i.visit_id, i.pageviews, i.events, i.last_at, i.started_at
        from ${from}
        where ${began}${ofItems ? sql` and ${within(sql`i.at_us`, span)}` : sql``}${where})
      group by value, visit_id)
    group by value`
}

const sums = sql`
  sum(visitors)::double as visitors, sum(visits)::double as visits, sum(bounces)::double as bounces,
  sum(duration_ms)::double as duration_ms, sum(pageviews)::double as pageviews, sum(events)::double as events,
  sum(measured)::double as measured`
