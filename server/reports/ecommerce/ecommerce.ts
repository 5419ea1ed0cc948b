import { reportKinds } from '@hk-live/sdk/protocol'
import { over } from '../numbers.ts'
import { readOrder } from '../order.ts'
import { revenueRows } from '../outcome.ts'
import { pageOf } from '../page.ts'
import type { Report } from '../report.ts'
import { bucketsOf, pointsOf } from '../series.ts'
import { productRows } from './products.ts'
import { currenciesOf, sourcesOf, stepsOf } from './sales.ts'
import { columnsOf } from '../table.ts'

/** What was sold where nothing was. */
export const nothing = { orders: 0, revenue: 0, average_order: null, customers: 0, refunds: 0, refunded: 0, without_amount: 0 }

/**
 * What a shop sold in one currency: the site's, or `currency`. Amounts of different currencies are never added up.
 *
 * An order is one `purchase` for each transaction; one whose amount cannot be read counts as an order without
 * revenue, and is told. A refund, or a purchase of a negative amount, is no order: it takes away from revenue. Filters choose orders by their visits, and product views, carts and checkout starts by their items.
 * Checkout conversion: of the visitors who started a checkout, those who ordered, in whatever currency. Amounts are
 * kept to four places, and the sums are exact.
 */
export const ecommerce: Report<'ecommerce'> = {
  name: 'ecommerce',
  kinds: reportKinds.ecommerce,
  parameters: ['currency', 'limit', 'offset', 'sort', 'search'],
  about: 'What a shop sold in one currency: revenue, orders, checkouts, products and sources, with a series.',
  example: {
    currency: 'EUR',
    revenue: 1840.5,
    orders: 31,
    average_order: 59.37,
    customers: 29,
    refunds: 2,
    refunded: 64.5,
    without_amount: 0,
    product_views: 902,
    carts: 140,
    checkouts: 74,
    checkout_conversion: 0.41,
    points: [{ at: '2026-11-21T23:00:00.000Z', revenue: 310, orders: 5 }],
    products: {
      rows: [{ value: 'A-1001', name: 'Mug', quantity: 12, revenue: 238.8, orders: 10, views: 190 }],
      total: 1,
    },
    sources: [{ value: 'Google', revenue: 920, orders: 15, customers: 14 }],
    currencies: [{ currency: 'EUR', orders: 31, revenue: 1840.5 }],
  },
  table: {
    columns: () => [
      ...columnsOf('text', 'value', 'name'),
      ...columnsOf('number', 'quantity'),
      ...columnsOf('amount', 'revenue'),
      ...columnsOf('text', 'currency'),
      ...columnsOf('number', 'orders', 'views'),
    ],
    rows: ({ products, currency }) => products.rows.map((row) => ({ ...row, currency })),
  },
  imported: () => ({ reason: 'Imported days have no orders.' }),
  async answer(sql, { site, span, filters, now, currency = site.currency, sort, ...page }) {
    const order = readOrder(sort, ['revenue', 'orders', 'quantity', 'views', 'value'])
    const selection = { siteId: site.site_id, span, filters }
    const currencies = await currenciesOf(sql, selection)
    const { orders, revenue, average_order, customers, refunds, refunded, without_amount } =
      currencies.find((row) => row.currency === currency) ?? nothing
    const { product_views, carts, checkouts, started, ordered } = await stepsOf(sql, selection)
    const rows = await revenueRows(sql, selection, bucketsOf(span), currency)
    const byBucket = new Map(rows.map(({ bucket, ...row }) => [bucket - 1, row]))
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
      points: pointsOf(bucketsOf(span), span, now, (bucket) => byBucket.get(bucket) ?? { orders: 0, revenue: 0 }),
      products: await pageOf(sql, productRows(sql, selection, currency), page, order, ['value', 'name']),
      sources: await sourcesOf(sql, selection, currency),
      currencies: currencies.map((row) => ({ currency: row.currency, orders: row.orders, revenue: row.revenue })),
    }
  },
}
