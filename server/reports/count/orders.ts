import type { Dimension } from '@hk-live/sdk/protocol'
import sql, { empty, join, raw, type Sql } from 'sql-template-tag'
import { microsOf, sales } from '../../engine/index.ts'
import { isOfItem } from '../filter.ts'
import type { Buckets } from '../sources.ts'
import { bucketOf } from './buckets.ts'
import { conditions, relationOf, type Selection, within } from './relation.ts'

/**
 * Orders and refunds of a time that fit, as a query of the columns of `sales`, and of dimensions: those of visits that fit,
 * whether what fits came before the order or after it. So under `page:/letter` it is the orders of visits that saw that page;
 * where a share link sets that filter, those that were made on it, as it shows nothing else.
 */
export function ordersOf(
  { goals, currencies, span, filters }: Selection,
  wanted: readonly Dimension[] = [],
): Sql {
  const all = sales(currencies)
  if (filters.length === 0 && wanted.length === 0) return sql`select * from (${all}) o where ${within(sql`o.at_us`, span)}`
  const own = filters.filter(({ dimension, locked }) => locked || !isOfItem(dimension))
  const { from, where, column } = relationOf({ goals, span, filters: own }, wanted)
  const columns = wanted.map((dimension) => sql`, ${column(dimension)} as ${raw(dimension)}`)
  return sql`
    select sale.*${columns.length === 0 ? empty : join(columns, '')}
    from ${from} join (${all}) sale on sale.id = i.id
    where i.type = 'event' and ${within(sql`i.at_us`, span)}${where}${hasItem({ goals, span, filters })}`
}

/** Under filters of items: the visit of the item `i` has one that fits. */
function hasItem({ goals, span, filters }: Pick<Selection, 'goals' | 'span' | 'filters'>): Sql {
  const ofItems = filters.filter(({ dimension }) => isOfItem(dimension))
  // Where a link sets them, the order itself is such an item.
  if (ofItems.every(({ locked }) => locked)) return empty
  return sql` and i.visit_id in (
    select i.visit_id from items i
    where i.type <> 'vital' and i.last_at >= ${microsOf(span.from)} and i.started_at < ${microsOf(span.to)}${conditions(ofItems, goals)})`
}

/** Orders, and their revenue less refunds, in one currency, by bucket from 1. */
export function revenueByBucket(
  selection: Selection,
  buckets: Buckets,
  currency: string,
): Promise<readonly { bucket: number; orders: number; revenue: number }[]> {
  return selection.data.all(sql`
    select ${bucketOf(sql`o.at_us`, buckets)}::double as bucket, (count(*) filter (where not o.refund))::double as orders,
           ${amount(sql`sum(o.value)`)} as revenue
    from (${ordersOf(selection)}) o
    where o.currency = ${currency}
    group by 1`)
}

/** A sum of amounts as a number, 0 for none. */
export function amount(sum: Sql): Sql {
  return sql`coalesce(${sum}, 0)::double`
}
