/**
 * Orders and refunds of a shop, and the products of its events.
 *
 * An order is one `purchase` (or `order_completed`) for each `transaction_id` (else `order_id`, else the item's id): of several
 * the earliest counts, the lower id among those of one instant, over all items of the site. What was given back is no order:
 * events `refund` (or `order_refunded`), and purchases of a negative amount. A refund is known by its `refund_id`; without one,
 * one of a stated amount by its item, as there may be several of an order, and one of a whole order, or a negative purchase,
 * by the transaction.
 *
 * @module
 */
import sql, { join, raw, type Sql } from 'sql-template-tag'
import type { SiteCurrencies } from '../../store/index.ts'
import { amountOf } from './json.ts'

/** Columns of orders and refunds: one row for each `order_key`, with what its item says. */
export const orderColumns = {
  order_key: 'VARCHAR',
  /** Of the item, as are the imports. */
  seq: 'BIGINT',
  id: 'UUID',
  at_us: 'BIGINT',
  visitor_id: 'BIGINT',
  refund: 'BOOLEAN',
  /** The order that a refund is of, whether there is one or not. */
  refunded_key: 'VARCHAR',
  /** Null where the item names none. */
  currency: 'VARCHAR',
  /** Never negative; null where the item has no amount that can be read. */
  value: 'DECIMAL(16, 4)',
  import_id: 'VARCHAR',
  log_id: 'VARCHAR',
} as const

/** Names of the events that tell of orders. */
export interface OrderEvents {
  readonly purchase: readonly string[]
  readonly refund: readonly string[]
}

/** Whether the item `i` is an order or a refund. */
function isOrder({ purchase, refund }: OrderEvents): Sql {
  return sql`i.type = 'event' and i.name in (${join([...purchase, ...refund])})`
}

/** How many items are orders or refunds, as a query of `count`. */
export function countOrders(items: string, events: OrderEvents): Sql {
  return sql`select count(*)::integer as count from ${raw(items)} i where ${isOrder(events)}`
}

/** Of several orders of one key the earliest, as a query of {@link orderColumns}. */
export function earliestOrders(orders: string): string {
  return `select distinct on (order_key) ${Object.keys(orderColumns).join(', ')} from ${orders} order by order_key, at_us, id`
}

/**
 * Orders and refunds by their items, as a query of {@link orderColumns}; of several with one key all. The amount is `value`,
 * `revenue` or `total`, else the sum of the products.
 *
 * @param items a table of items
 */
export function withOrders(items: string, names: OrderEvents): Sql {
  const shape = shapeOf({ VARCHAR: ['transaction_id', 'order_id', 'refund_id', 'currency'], JSON: ['value', 'revenue', 'total'] })
  return sql`
    with events as (
      select i.id, i.seq, i.at_us, i.visitor_id, i.import_id, i.log_id, i.props,
             i.name in (${join(names.refund)}) as gives_back,
             from_json(i.props, ${shape}) as p
      from ${raw(items)} i
      where ${isOrder(names)}
    ), read as (
      select id, seq, at_us, visitor_id, import_id, log_id, props, gives_back, coalesce(p.value, p.revenue, p.total) as given,
             coalesce(nullif(p.transaction_id, ''), nullif(p.order_id, '')) as transaction, nullif(p.refund_id, '') as refund_id,
             case when regexp_full_match(p.currency, '[A-Za-z]{3}') then upper(p.currency) end as currency
      from events
    ), sums as (
      select id, case when count(revenue) = count(*) then try_cast(sum(revenue) as decimal(16, 4)) end as value
      from (${withProducts(sql`select id, props from read where given is null`)})
      group by id
    ), valued as (
      select r.*, case when given is null then s.value else ${amountOf(sql`given`)} end as signed
      from read r left join sums s using (id)
    ), told as (
      select *, gives_back or coalesce(signed < 0, false) as refund from valued
    )
    select id, seq, at_us, visitor_id, import_id, log_id, refund, currency, abs(signed) as value,
           case
             when not refund then coalesce(transaction, id::varchar)
             when refund_id is not null then 'refund ' || refund_id
             when gives_back and signed is not null then 'refund ' || id::varchar
             else 'refund of ' || coalesce(transaction, id::varchar)
           end as order_key,
           case when refund then transaction end as refunded_key
    from told`
}

/**
 * What orders and refunds of the whole site add to revenue, as a query of `id, at_us, visitor_id` (of the item), `refund`,
 * `currency`, and `value`: negative for a refund, null where no amount is known.
 *
 * A refund of no stated amount is of the whole order that it names. What names no currency is in that of the site, as it was
 * when it was stored; a refund in that of its order, where there is one.
 */
export function sales({ now, before }: SiteCurrencies): Sql {
  const whens = before.map(({ until_seq, currency }) => sql` when o.seq <= ${until_seq} then ${currency}`)
  const ofSite = whens.length === 0 ? sql`${now}` : sql`case${join(whens, '')} else ${now} end`
  return sql`
    select o.id, o.at_us, o.visitor_id, o.refund, coalesce(o.currency, r.currency, ${ofSite}) as currency,
           case when o.refund then -coalesce(o.value, r.value) else o.value end as value
    from orders o
      left join (select o.order_key, coalesce(o.currency, ${ofSite}) as currency, o.value from orders o where not o.refund) r on r.order_key = o.refunded_key`
}

const idNames = ['item_id', 'product_id', 'sku', 'id']
const nameNames = ['item_name', 'product_name', 'name']

/**
 * Events with their products: those of the list `items`, or the one that an event's own properties name. A query of the columns
 * of the events, `product_id` and `product_name` (`''` for none), `quantity` (1 by default), and `revenue`: price × quantity,
 * null where either cannot be read. Amounts are `decimal(16, 4)`.
 *
 * @param events a query with a column `props`
 */
export function withProducts(events: Sql): Sql {
  const first = (names: readonly string[]) => sql`coalesce(${join(names.map((name) => raw(`p.${name}`)))}, '')`
  const shape = shapeOf({ VARCHAR: [...idNames, ...nameNames], JSON: ['price', 'quantity'] })
  return sql`
    select * exclude (props, is_list, p, price), try_cast(price::decimal(38, 4) * quantity as decimal(16, 4)) as revenue
    from (
      select *, ${first(idNames)} as product_id, ${first(nameNames)} as product_name,
             ${amountOf(sql`p.price`)} as price, ${amountOf(sql`coalesce(p.quantity, '1')`)} as quantity
      from (
        select * exclude (line), from_json(line, ${shape}) as p
        from (
          select *, unnest(case
            when is_list then from_json(json_extract(props, '/items'), '["JSON"]')
            -- The 'id' and the 'name' of an event that is its own product may be of something else.
            else [json_merge_patch(props, '{"id": null, "name": null}')]
          end) as line
          from (select *, coalesce(json_type(props, '/items') = 'ARRAY', false) as is_list from (${events})))
        where starts_with(line, '{')))
    where is_list or product_id <> '' or product_name <> ''`
}

/** The shape of a JSON object as `from_json` takes it: the names of its properties, by the type that they are read as. */
function shapeOf(names: Readonly<Record<'VARCHAR' | 'JSON', readonly string[]>>): Sql {
  const types = Object.entries(names).flatMap(([type, some]) => some.map((name) => [name, type]))
  return raw(`'${JSON.stringify(Object.fromEntries(types))}'`)
}
