import type { ProductRow } from '@hk-live/sdk/protocol'
import { nothing } from '../../ecommerce/ecommerce.ts'
import { over } from '../../numbers.ts'
import { readOrder } from '../../order.ts'
import { bucketsOf, pointsOf } from '../../series.ts'
import { type Count, selectionOf } from '../counted.ts'
import { pageOf } from '../page.ts'
import { productRows } from './products.ts'
import { salesOf, stepsOf } from './sales.ts'

/**
 * What a shop sold in one currency: the site's, or `currency`. Amounts of different currencies are never added up.
 *
 * An order is one `purchase` for each transaction; one whose amount cannot be read counts as an order without
 * revenue, and is told. A refund, or a purchase of a negative amount, is no order: it takes away from revenue. Filters choose
 * orders by their visits, and product views, carts and checkout starts by their items. Checkout conversion: of the visitors who
 * started a checkout, those who ordered, in whatever currency. Amounts are kept to four places, and the sums are exact.
 */
export const countEcommerce: Count<'ecommerce'> = async (sources, asked) => {
  const { site, span, now, currency = site.currency, sort } = asked
  const order = readOrder(sort, ['revenue', 'orders', 'quantity', 'views', 'value'])
  const selection = selectionOf(sources, asked)
  const buckets = bucketsOf(span)
  const { currencies, points, sources: origins, ordered } = await salesOf(selection, buckets, currency)
  const { orders, revenue, average_order, customers, refunds, refunded, without_amount } =
    currencies.find((row) => row.currency === currency) ?? nothing
  const { product_views, carts, checkouts, started } = await stepsOf(selection)
  return {
    currency,
    revenue,
    orders,
    average_order,
    customers,
    refunds,
    refunded,
    without_amount,
    product_views,
    carts,
    checkouts,
    checkout_conversion: over(ordered, started),
    points: pointsOf(buckets, span, now, (bucket) => points.get(bucket) ?? { orders: 0, revenue: 0 }),
    products: await pageOf<ProductRow>(sources.data, productRows(selection, currency), asked, order, ['value', 'name']),
    sources: origins,
    currencies: currencies.map((row) => ({ currency: row.currency, orders: row.orders, revenue: row.revenue })),
  }
}
