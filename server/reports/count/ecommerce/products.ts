import sql, { join, type Sql } from 'sql-template-tag'
import { withProducts } from '../../../engine/index.ts'
import { commerceEvents } from '../../../store/index.ts'
import { amount, ordersOf } from '../orders.ts'
import { relationOf, type Selection, within } from '../relation.ts'

/**
 * Products that were sold in a currency or seen, as a query of the columns of `ProductRow`. A product is known by its
 * id, or by its name where it has none; of several names of one id the last by code points is shown.
 */
export function productRows(selection: Selection, currency: string): Sql {
  const { from, where } = relationOf(selection)
  const isEvent = sql`i.type = 'event' and ${within(sql`i.at_us`, selection.span)}`
  const events = sql`
    select o.id, true as sold, o.refund, i.props
    from (${ordersOf(selection)}) o join items i on i.id = o.id
    where o.currency = ${currency} and ${isEvent}
    union all
    select i.id, false, false, i.props
    from ${from}
    where ${isEvent} and i.name in (${join(commerceEvents.view)})${where}`
  const name = (condition: Sql) => sql`max(product_name) filter (where ${condition})`
  const sum = (column: Sql) => amount(sql`sum(case when refund then -abs(${column}) else ${column} end) filter (where sold)`)
  return sql`
    select coalesce(nullif(product_id, ''), product_name) as value,
           coalesce(nullif(${name(sql`sold`)}, ''), ${name(sql`not sold`)}, '') as name,
           ${sum(sql`quantity`)} as quantity, ${sum(sql`revenue`)} as revenue,
           (count(distinct id) filter (where sold and not refund))::double as orders,
           (count(distinct id) filter (where not sold))::double as views
    from (${withProducts(events)})
    where product_id <> '' or product_name <> ''
    group by 1`
}
