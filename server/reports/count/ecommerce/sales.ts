import type { OrderSource } from '@hk-live/sdk/protocol'
import sql, { join, type Sql } from 'sql-template-tag'
import { commerceEvents } from '../../../store/index.ts'
import type { CurrencyRow, Steps } from '../../ecommerce/sales.ts'
import type { Buckets } from '../../sources.ts'
import { bucketOf } from '../buckets.ts'
import { amount, ordersOf } from '../orders.ts'
import { relationOf, type Selection, within } from '../relation.ts'

/** What was sold. */
export interface Sales {
  /** By currency, the most orders first. */
  readonly currencies: readonly CurrencyRow[]
  /** In the currency that is asked for, by bucket from 0. */
  readonly points: ReadonlyMap<number, { readonly orders: number; readonly revenue: number }>
  /** The sources whose visits brought the most revenue in that currency. */
  readonly sources: OrderSource[]
  /** Visitors who started a checkout and ordered, in whatever currency. */
  readonly ordered: number
}

type Row = Omit<CurrencyRow, 'currency'> & { readonly part: 'currency' | 'bucket' | 'source' | 'started'; readonly value: string }

const listed = 10

/** What was sold, in one query, as orders are worked out from all items of the site. */
export async function salesOf(selection: Selection, buckets: Buckets, currency: string): Promise<Sales> {
  const own = sql`currency = ${currency}`
  const { from, where } = eventsOf(selection, commerceEvents.checkout)
  const rows = await selection.data.all<Row>(sql`
    with sold as materialized (
      select *, ${bucketOf(sql`at_us`, buckets)} as bucket from (${ordersOf(selection, ['source'])})
    ), parts as (
      ${part('currency', sql`currency`, sql`true`, sql`orders desc`)}
      union all ${part('bucket', sql`bucket::varchar`, own, sql`orders`)}
      union all ${part('source', sql`source`, own, sql`revenue desc, orders desc`)}
      union all ${part('started', sql`''`, sql`visitor_id in (select i.visitor_id from ${from} where ${where})`, sql`orders`)}
    )
    select * exclude (place) from parts where part <> 'source' or place <= ${listed} order by place`)
  const of = (name: Row['part']) => rows.filter((row) => row.part === name)
  return {
    currencies: of('currency').map(({ part: _, value, ...row }) => ({ currency: value, ...row })),
    points: new Map(of('bucket').map(({ value, orders, revenue }) => [Number(value) - 1, { orders, revenue }])),
    sources: of('source').map(({ value, orders, revenue, customers }) => ({ value, orders, revenue, customers })),
    ordered: of('started')[0]?.customers ?? 0,
  }
}

/** Numbers of what was `sold` by a value, as a query of the columns of {@link Row}, and the `place` of each in an order. */
function part(name: Row['part'], value: Sql, condition: Sql, order: Sql): Sql {
  return sql`
    select ${name} as part, value, orders::double as orders, ${amount(sql`revenue`)} as revenue,
           ${average(sql`gross`, sql`orders`)} as average_order, customers::double as customers, refunds::double as refunds,
           ${amount(sql`-refunded`)} as refunded, without_amount::double as without_amount,
           row_number() over (order by ${order}, value) as place
    from (
      select ${value} as value, count(*) filter (where not refund) as orders, coalesce(sum(value), 0) as revenue,
             sum(value) filter (where not refund) as gross, count(distinct visitor_id) filter (where not refund) as customers,
             count(*) filter (where refund) as refunds, sum(value) filter (where refund) as refunded,
             count(*) filter (where value is null) as without_amount
      from sold
      where ${condition}
      group by all)`
}

/** A sum over a count, to four places; null over none. In whole ten-thousandths, so that it is rounded once. */
function average(sum: Sql, count: Sql): Sql {
  const scaled = sql`(coalesce(${sum}, 0) * 10000)::hugeint`
  return sql`case when ${count} > 0 then (((2 * ${scaled} + ${count}) // (2 * ${count}))::decimal(20, 0) * 0.0001)::double end`
}

/** The steps to an order. */
export async function stepsOf(selection: Selection): Promise<Omit<Steps, 'ordered'>> {
  const { view, cart, checkout } = commerceEvents
  const { from, where } = eventsOf(selection, [...view, ...cart, ...checkout])
  const count = (names: readonly string[]) => sql`(count(*) filter (where i.name in (${join(names)})))::double`
  const [steps] = await selection.data.all<Omit<Steps, 'ordered'>>(sql`
    select ${count(view)} as product_views, ${count(cart)} as carts, ${count(checkout)} as checkouts,
           (count(distinct i.visitor_id) filter (where i.name in (${join(checkout)})))::double as started
    from ${from}
    where ${where}`)
  return steps ?? { product_views: 0, carts: 0, checkouts: 0, started: 0 }
}

/** Events `i` of some names. */
function eventsOf(selection: Selection, names: readonly string[]): { readonly from: Sql; readonly where: Sql } {
  const { from, where } = relationOf(selection)
  return { from, where: sql`i.type = 'event' and i.name in (${join(names)}) and ${within(sql`i.at_us`, selection.span)}${where}` }
}
