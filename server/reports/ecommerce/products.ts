import type { Fragment } from 'postgres'
import { commerceEvents, type Database } from '../../store/index.ts'
import type { Selection } from '../plan.ts'
import { itemsOf, ordersOf } from '../selection.ts'

/**
 * Products that were sold in a currency or seen, as a query of the columns of `ProductRow`. A product is known by its
 * id, or by its name where it has none; of several names of one id the last by code points is shown.
 */
export function productRows(
  sql: Database,
  { siteId, span, filters }: Selection,
  currency: string,
): Fragment {
  const rest = [span]
  const key = sql`coalesce(nullif(p.id, ''), p.name)`
  return sql`
    select value, coalesce(nullif(sold.name, ''), seen.name, '') as name, coalesce(quantity, 0) as quantity,
           coalesce(revenue, 0) as revenue, coalesce(orders, 0) as orders, coalesce(views, 0) as views
    from (
      select ${key} as value, max(p.name collate "C") as name, sum(p.quantity) as quantity, sum(p.revenue) as revenue,
             count(distinct o.order_key) filter (where not o.refund) as orders
      from (${ordersOf(sql, { siteId, rest, filters })}) o,
           jsonb_to_recordset(o.products) as p (id text, name text, quantity numeric, revenue numeric)
      where o.currency = ${currency}
      group by 1) sold
    full join (
      select p.value, max(p.name collate "C") as name, count(*) as views
      from (${itemsOf(sql, { siteId, rest, filters }, 'event')}) i,
           lateral (
             select ${key} as value, max(p.name collate "C") as name
             from products_of(i.props) p
             where p.id <> '' or p.name <> ''
             group by 1) p
      where i.value = any(${[...commerceEvents.view]}::text[])
      group by 1) seen using (value)`
}
