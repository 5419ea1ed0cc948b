/**
 * A made-up shop: what its visitors do, and its orders as the design defines them, in TypeScript over the raw items.
 *
 * @module
 */
import fc from 'fast-check'
import { readAmount, readAmounts } from '../../server/store/amount.ts'
import { serverView } from './service.ts'

/** An item of the shop. `at`: milliseconds since 1970. */
export interface ShopItem {
  readonly id: string
  readonly visitor: number
  readonly at: number
  readonly type: 'pageview' | 'event' | 'engagement'
  readonly page: string
  readonly source: string
  readonly name: string
  readonly props: Readonly<Record<string, unknown>>
}

/** A product of an event. Amounts are in ten-thousandths, exact. */
export interface Line {
  readonly value: string
  readonly name: string
  readonly quantity: number | undefined
  readonly revenue: number | undefined
}

/** An order or a refund. `value` is in ten-thousandths, exact, negative for a refund; `undefined` where it cannot be read. */
export interface Order {
  readonly key: string
  readonly item: ShopItem
  readonly currency: string
  readonly value: number | undefined
  readonly lines: readonly Line[]
  readonly refund: boolean
}

/** The currency of the shop's site. */
export const currency = 'CHF'

const amount = fc.constantFrom<unknown>(10, 19.99, 0.1, '5.50', ' 7 ', 1234567.89, 0)
const anyAmount = fc.oneof(
  { weight: 4, arbitrary: amount },
  fc.constantFrom<unknown>('abc', '', -1, null, 1e13, '1e3', true, '1,50', '٣', '€12.50', '1.234,5', '-20'),
)
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })
const product = fc.record({
  item_id: optional(fc.constantFrom('A', 'B', 'C')),
  item_name: optional(fc.constantFrom('Lamp', 'Chair')),
  price: optional(anyAmount),
  quantity: optional(fc.constantFrom<unknown>(1, 2, '3', 1.5, null, 'two', -1)),
})
const purchase = fc.record({
  transaction_id: optional(fc.constantFrom<unknown>('a', 'b', 7, '')),
  order_id: optional(fc.constantFrom<unknown>('a', 'c')),
  value: optional(anyAmount),
  total: fc.option(anyAmount, { nil: undefined, freq: 5 }),
  currency: optional(fc.constantFrom<unknown>('usd', 'CHF', 'EURO', 5, 'EUR')),
  items: optional(fc.oneof(fc.array(product, { maxLength: 3 }), fc.constantFrom<unknown>('none', {}))),
})
const refund = fc.record({
  transaction_id: optional(fc.constantFrom<unknown>('a', 'b', 'z')),
  refund_id: fc.option(fc.constantFrom('r', 's'), { nil: undefined, freq: 5 }),
  value: optional(anyAmount),
  currency: optional(fc.constantFrom('CHF', 'EUR')),
})
const seen = fc.oneof(
  product,
  fc.record({ items: fc.array(product, { maxLength: 3 }) }),
  product.map((props) => ({ ...props, id: 'page-7', name: 'a view' })),
)
const named = <T extends object>(names: readonly string[], props: fc.Arbitrary<T>) =>
  fc.record({ type: fc.constant('event' as const), name: fc.constantFrom(...names), props })
const nothing = fc.constant({})

/** What an item of the shop is. */
export const deed = fc.oneof(
  fc.record({ type: fc.constantFrom('pageview' as const, 'engagement' as const), name: fc.constant(''), props: nothing }),
  named(['purchase', 'order_completed'], purchase),
  named(['refund', 'order_refunded'], refund),
  named(['view_item', 'product_viewed'], seen),
  named(['add_to_cart', 'begin_checkout', 'checkout_started'], nothing),
)

/** Items of the shop: over the end of Berlin's summer time, none of one visitor and one instant. */
export function itemsOf<T extends { type: ShopItem['type']; name: string; props: object }>(
  deeds: fc.Arbitrary<T>,
): fc.Arbitrary<ShopItem[]> {
  const item = fc.record({
    id: fc.uuid(),
    visitor: fc.integer({ min: 0, max: 2 }),
    at: fc.noBias(fc.integer({ min: 0, max: 3 * 24 * 8 })).map((step) => Date.UTC(2026, 9, 23, 20) + step * 7.5 * 60_000),
    page: fc.constantFrom('/', '/a', '/a/b'),
    source: fc.constantFrom('letter', 'partner'),
    deed: deeds,
  })
  return fc
    .uniqueArray(item, { selector: ({ visitor, at }) => `${visitor} ${at}`, minLength: 1, maxLength: 40, size: 'max' })
    .map((items) => items.map(({ deed: { props, ...rest }, ...own }) => ({ ...own, ...rest, props: { ...props } })))
}

/** An item as a server sends it. */
export function sent({ id, visitor, at, type, page, source, name, props }: ShopItem) {
  return serverView(visitor, at, `${page}?utm_source=${source}`, { id, type, ...(type === 'event' && { name, props }) })
}

/** An amount in ten-thousandths; `undefined` where it is none. */
function amountOf(raw: unknown): number | undefined {
  const read = readAmount(raw)
  return read === undefined ? undefined : Math.round(read.amount * 10_000)
}

/** The products of an event. */
export function linesOf(props: Readonly<Record<string, unknown>>): Line[] {
  const { items, id: _, name: __, ...own } = props
  const list: Record<string, unknown>[] = Array.isArray(items) ? items : [own]
  return list.flatMap(({ item_id, item_name, price, quantity }) => {
    if (!Array.isArray(items) && item_id === undefined && item_name === undefined) return []
    const each = amountOf(price)
    const many = amountOf(quantity ?? 1)
    const name = String(item_name ?? '')
    const revenue = each === undefined || many === undefined ? undefined : (each * many) / 10_000
    return [{ value: String(item_id ?? name), name, quantity: many, revenue }]
  })
}

/**
 * The orders and refunds of a shop: of the purchases of one key the earliest, the lower id among those of one instant. A
 * refund without an amount is of what the order that it names was worth.
 */
export function ordersOf(items: readonly ShopItem[]): Order[] {
  const isRefund = ({ name }: ShopItem) => name === 'refund' || name === 'order_refunded'
  const money = items.filter((item) => isRefund(item) || item.name === 'purchase' || item.name === 'order_completed')
  const transactionOf = ({ props: { transaction_id, order_id } }: ShopItem) => {
    const found = [transaction_id, order_id].find((key) => (key ?? '') !== '')
    return found === undefined ? undefined : String(found)
  }
  const read = money.map((item) => {
    const props = readAmounts(item.name, item.props).props ?? {}
    const lines = linesOf(props)
    const given = props['value'] ?? props['total'] ?? undefined
    const sums = lines.map((line) => line.revenue)
    const sum = sums.length === 0 || sums.includes(undefined) ? undefined : sums.reduce<number>((all, one) => all + (one ?? 0), 0)
    const value = given === undefined ? sum : amountOf(given)
    const refund = isRefund(item) || (value ?? 0) < 0
    const transaction = transactionOf(item)
    const own = item.props['refund_id'] || (isRefund(item) && value !== undefined ? item.id : undefined)
    const key = !refund ? (transaction ?? item.id) : own === undefined ? `refund of ${transaction ?? item.id}` : `refund ${String(own)}`
    const priced = /^[A-Za-z]{3}$/.test(String(props['currency']))
    const code = priced ? String(props['currency']).toUpperCase() : currency
    return { key, item, currency: code, priced, value, lines, refund, transaction }
  })
  const kept = [...Map.groupBy(read, ({ key }) => key).values()].flatMap((own) =>
    own.toSorted((a, b) => a.item.at - b.item.at || (a.item.id < b.item.id ? -1 : 1)).slice(0, 1),
  )
  const orders = new Map(kept.filter(({ refund }) => !refund).map((order) => [order.key, order]))
  return kept.map(({ transaction, priced, ...order }): Order => {
    if (!order.refund) return order
    const of = orders.get(transaction ?? '')
    const value = order.value ?? of?.value
    const taken = (amount: number | undefined) => (amount === undefined ? undefined : 0 - Math.abs(amount))
    const lines = order.lines.map((line) => ({ ...line, quantity: taken(line.quantity), revenue: taken(line.revenue) }))
    return { ...order, currency: priced ? order.currency : (of?.currency ?? order.currency), value: taken(value), lines }
  })
}

/** An exact sum of ten-thousandths as an amount. */
export function moneyOf(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / 10_000
}
