import type { OrderSource } from '@hk-live/sdk/protocol'
import { commerceEvents, type Database } from '../../store/index.ts'
import type { Selection } from '../plan.ts'
import { itemsOf, ordersOf } from '../selection.ts'
import { visitsTable } from '../visible.ts'

/**
 * What was sold in one currency. `revenue` is less what was given back, `average_order` is not. `customers`: distinct
 * visitors who ordered. `without_amount`: orders and refunds whose amount is missing or cannot be read.
 */
export interface CurrencyRow {
  readonly currency: string
  readonly orders: number
  readonly revenue: number
  readonly average_order: number | null
  readonly customers: number
  readonly refunds: number
  readonly refunded: number
  readonly without_amount: number
}

/** How far visitors came. `started`: visitors who started a checkout; `ordered`: those of them who ordered. */
export interface Steps {
  readonly product_views: number
  readonly carts: number
  readonly checkouts: number
  readonly started: number
  readonly ordered: number
}

const listed = 10

/** What was sold, by currency, the most orders first. */
export function currenciesOf(sql: Database, { siteId, span, filters }: Selection): Promise<CurrencyRow[]> {
  return sql<CurrencyRow[]>`
    select currency, count(*) filter (where not refund) as orders, coalesce(sum(value), 0)::float8 as revenue,
           round(coalesce(sum(value) filter (where not refund), 0) / nullif(count(*) filter (where not refund), 0), 4)::float8
             as average_order,
           count(distinct visitor_id) filter (where not refund) as customers,
           count(*) filter (where refund) as refunds,
           coalesce(-sum(value) filter (where refund), 0)::float8 as refunded,
           count(*) filter (where value is null) as without_amount
    from (${ordersOf(sql, { siteId, rest: [span], filters })}) o
    group by 1
    order by orders desc, currency`
}

/** The steps to an order. */
export async function stepsOf(sql: Database, { siteId, span, filters }: Selection): Promise<Steps> {
  const { view, cart, checkout } = commerceEvents
  const rest = [span]
  const isOf = (names: readonly string[]) => sql`i.value = any(${[...names]}::text[])`
  const [steps] = await sql<[Steps]>`
    with ordering as (
      select distinct visitor_id from (${ordersOf(sql, { siteId, rest, filters })}) o where not o.refund)
    select count(*) filter (where ${isOf(view)}) as product_views,
           count(*) filter (where ${isOf(cart)}) as carts,
           count(*) filter (where ${isOf(checkout)}) as checkouts,
           count(distinct i.visitor_id) filter (where ${isOf(checkout)}) as started,
           count(distinct o.visitor_id) filter (where ${isOf(checkout)}) as ordered
    from (${itemsOf(sql, { siteId, rest, filters }, 'event')}) i
      left join ordering o on o.visitor_id = i.visitor_id
    where ${isOf([...view, ...cart, ...checkout])}`
  return steps
}

/** The sources whose visits brought the most revenue in a currency. */
export function sourcesOf(
  sql: Database,
  { siteId, span, filters }: Selection,
  currency: string,
): Promise<OrderSource[]> {
  return sql<OrderSource[]>`
    select v.source as value, coalesce(sum(o.value), 0)::float8 as revenue, count(*) filter (where not o.refund) as orders,
           count(distinct o.visitor_id) filter (where not o.refund) as customers
    from (${ordersOf(sql, { siteId, rest: [span], filters })}) o
      join ${visitsTable(sql, filters)} v on v.site_id = o.site_id and v.visit_id = o.visit_id
    where o.currency = ${currency}
    group by 1
    order by revenue desc, orders desc, v.source
    limit ${listed}`
}
